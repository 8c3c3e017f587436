/** The lines of a patch, read one after the other. */
export interface PatchLines {
  /** The next line with its line end, and past it; null at the end. */
  next(): string | null;
  /** The next line, without going past it. */
  peek(): string | null;
  /** Goes past a "\ No newline at end of file"; false: there is none here. */
  skipNoNewline(): boolean;
  /** Take a CR off the end of each line from now on? */
  stripCr(strip: boolean): void;
  /** Offset of the next line in the text. */
  offset(): number;
  /** Number, from 1, of the line that was read last. */
  number(): number;
}

/** As patch does, passes over lines that begin with `#`, and over a last line without line end. */
export function openLines(text: string): PatchLines {
  let position = 0;
  let count = 0;
  let strip = false;

  return {
    next: () => {
      passComments();
      const end = text.indexOf('\n', position);
      if (end < 0) return null;
      const line = slice(end);
      position = end + 1;
      count++;
      return line;
    },
    peek: () => {
      passComments();
      const end = text.indexOf('\n', position);
      return end < 0 ? null : slice(end);
    },
    skipNoNewline: () => {
      if (text[position] !== '\\') return false;
      const end = text.indexOf('\n', position);
      position = end < 0 ? text.length : end + 1;
      count++;
      return true;
    },
    stripCr: (wanted) => {
      strip = wanted;
    },
    offset: () => position,
    number: () => count,
  };

  function passComments(): void {
    while (text[position] === '#') {
      const end = text.indexOf('\n', position);
      if (end < 0) return;
      position = end + 1;
      count++;
    }
  }

  function slice(end: number): string {
    if (strip && text[end - 1] === '\r' && end > position) return `${text.slice(position, end - 1)}\n`;
    return text.slice(position, end + 1);
  }
}
