const NEWLINE = 10;

/** The offsets of the lines of a file, found only as far as they are needed. */
export interface LineIndex {
  /** Latin-1. */
  readonly bytes: Buffer;
  /** The number of lines; a last one without line end counts. */
  count(): number;
  /** Does this line exist (index from 0)? */
  has(index: number): boolean;
  /** The offset of an existing line; for the index after the last, the length of the file. */
  offset(index: number): number;
}

/** Indexes the bytes of a file. It keeps them, so they must not change. */
export function indexLines(bytes: Buffer): LineIndex {
  /** Offsets of the lines found so far, and of the position after them. */
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
