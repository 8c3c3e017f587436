/** The lines of a patch, read in order. */
export interface PatchLines {
  /** Consumes the next line and returns it with its line end; null at the end. */
  next(): string | null;
  /** The next line, not consumed. */
  peek(): string | null;
  /** Consumes a "\ No newline at end of file"; false: the next line is none. */
  skipNoNewline(): boolean;
  /** Whether to remove a CR from the end of each line from now on. */
  stripCr(strip: boolean): void;
  /** Offset of the next line in the text. */
  offset(): number;
  /** Number, from 1, of the line read last. */
  number(): number;
}

/** As in patch, lines that begin with `#` and a last line without line end are skipped. */
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
