import { randomBytes } from 'node:crypto';
import { closeSync, constants, fchmodSync, fchownSync, openSync, unlinkSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Descriptor of a file without a name, open for reading; close it with closeSync(). */
export type NamelessFile = number;

/**
 * Writes bytes to a file that `owner` may read. The file is unlinked before it is written, so a process that is killed
 * leaves nothing behind. Throws if the disk is full.
 */
export function namelessFile(bytes: Buffer, owner: number | null): NamelessFile {
  const path = join(tmpdir(), `aufswatch-${randomBytes(12).toString('hex')}`);
  const flags = constants.O_RDWR | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;
  const file = openSync(path, flags, 0o600);
  try {
    unlinkSync(path);
    for (let done = 0; done < bytes.length; ) done += writeSync(file, bytes, done);
    fchmodSync(file, 0o400);
    if (owner !== null) fchownSync(file, owner, owner);
    return file;
  } catch (error) {
    closeSync(file);
    throw error;
  }
}
