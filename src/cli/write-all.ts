import { writeSync } from 'node:fs';

/** Pause before the next try, ms, where the pipe is non-blocking and full. */
const PAUSE = 10;

/** Writes a whole text to a descriptor, and waits for a slow reader. Returns the error; null: none. */
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
