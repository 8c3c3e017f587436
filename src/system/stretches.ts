import { type OpenFile, ROOM } from './open-file.ts';

const NEWLINE = 10;
const LENGTH = 256 * 1024;

/**
 * The bytes of a file in parts that end with a line, so that a file of any size takes little memory. The next part
 * overwrites the one before. A line longer than a part (256 KiB) is cut: no format read here has such lines.
 */
export function* stretchesOfLines(file: OpenFile): Generator<Buffer> {
  for (let offset = 0; ; ) {
    const bytes = file.read(offset, LENGTH, ROOM);
    if (bytes.length === 0) return;
    const lines = bytes.lastIndexOf(NEWLINE) + 1;
    const length = lines === 0 || bytes.length < LENGTH ? bytes.length : lines;
    yield bytes.subarray(0, length);
    offset += length;
  }
}
