import { writeSync } from 'node:fs';

/** How long to wait for a reader that has set the pipe not to block, ms. */
const PAUSE = 10;

/** Writes a text to a descriptor, all of it, however slowly it is read. Returns what went wrong; null: nothing. */
export function writeAll(fd: number, text: string): NodeJS.ErrnoException | null {
  let rest = Buffer.from(text, 'utf8');
  while (rest.length > 0) {
    try {
      rest = rest.subarray(writeSync(fd, rest));
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      const { code }: NodeJS.ErrnoException = error;
      if (code !== 'EAGAIN') return error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, PAUSE);
    }
  }
  return null;
}
