import { closeSync, constants, openSync, realpathSync, statSync, writeSync } from 'node:fs';
import { replaceFile } from './replace-file.ts';

/**
 * Writes to a path that a person has named. A regular file is replaced as a whole, also behind a symlink. A device, a
 * pipe or a terminal is written into. Throws the operating system's error.
 * `trusted`: no other user can have created what is at the path. If false, a symlink is replaced, because it could lead
 * to any file of the machine, and a device or pipe is refused.
 */
export function writeNamed(path: string, content: string, mode: number, trusted: boolean): void {
  const stats = trusted ? statSync(path, { throwIfNoEntry: false }) : undefined;
  if (stats === undefined || stats.isDirectory()) replaceFile(path, content, mode);
  else if (stats.isFile()) replaceFile(realpathSync(path), content, mode);
  else writeInto(path, content);
}

function writeInto(path: string, content: string): void {
  const fd = openSync(path, constants.O_WRONLY | constants.O_NOCTTY);
  try {
    const bytes = Buffer.from(content);
    for (let done = 0; done < bytes.length; ) done += writeSync(fd, bytes, done);
  } finally {
    closeSync(fd);
  }
}
