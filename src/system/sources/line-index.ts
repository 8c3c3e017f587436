const NEWLINE = 10;

/** Where the lines of a file begin, looked for only as far as somebody asks. */
export interface LineIndex {
  /** Latin-1. */
  readonly bytes: Buffer;
  /** How many lines there are; a last one without line end counts. */
  count(): number;
  /** Is there a line of this index, from 0? */
  has(index: number): boolean;
  /** Offset of a line that is there; of the one behind the last, the length of the file. */
  offset(index: number): number;
}

/** An index over the bytes of a file. It keeps the bytes, and they must stay as they are. */
export function indexLines(bytes: Buffer): LineIndex {
  /** Offsets of the lines that were found so far, and of what comes behind them. */
  const offsets = [0];
  const lookUpTo = (index: number): void => {
    for (let at = offsets.at(-1) ?? 0; offsets.length <= index + 1 && at < bytes.length; ) {
      const end = bytes.indexOf(NEWLINE, at);
      at = end < 0 ? bytes.length : end + 1;
      offsets.push(at);
    }
  };
  return {
    bytes,
    count: () => {
      lookUpTo(Number.POSITIVE_INFINITY);
      return offsets.length - 1;
    },
    has: (index) => {
      lookUpTo(index);
      return index >= 0 && index + 1 < offsets.length;
    },
    offset: (index) => {
      lookUpTo(index);
      return offsets[index] ?? bytes.length;
    },
  };
}
