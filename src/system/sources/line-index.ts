/** A file's text with the offsets of its lines, so that lines can be compared without being cut out. */
export interface LineIndex {
  readonly text: string;
  readonly count: number;
  /** Offset of each line, from 0, and behind the last one the length of the text. */
  readonly offsets: Int32Array;
}

export function indexLines(text: string): LineIndex {
  let offsets = new Int32Array(Math.max(64, text.length >> 4));
  let count = 0;
  for (let start = 0; start < text.length; ) {
    if (count + 1 >= offsets.length) offsets = grow(offsets);
    offsets[count++] = start;
    const end = text.indexOf('\n', start);
    start = end < 0 ? text.length : end + 1;
  }
  offsets[count] = text.length;
  return { text, count, offsets };
}

function grow(offsets: Int32Array): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(offsets.length * 2);
  larger.set(offsets);
  return larger;
}
