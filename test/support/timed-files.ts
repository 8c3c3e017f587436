import { utimesSync } from 'node:fs';
import { join } from 'node:path';
import { layOut } from './temporary.ts';

/** The content of a file, and its mtime in seconds after START. */
export type TimedFile = readonly [content: string | Uint8Array, seconds: number];

export type TimedFiles = Readonly<Record<string, TimedFile>>;

/** Seconds since the epoch. */
export const START = 1_760_000_000;

/** Writes files with their times; `{ 'fs/splice.o': ['', 20] }`. */
export function layOutTimed(directory: string, files: TimedFiles): void {
  for (const [name, [content, seconds]] of Object.entries(files)) {
    layOut(directory, { [name]: content });
    setTime(join(directory, name), seconds);
  }
}

export function setTime(path: string, seconds: number): void {
  utimesSync(path, START + seconds, START + seconds);
}

/** START and some seconds, in ms. */
export function at(seconds: number): number {
  return (START + seconds) * 1000;
}
