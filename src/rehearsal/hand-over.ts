import { randomBytes } from 'node:crypto';
import { closeSync, constants, fchmodSync, fchownSync, openSync, unlinkSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A file without a name, open for reading; close it with closeSync(). */
export type NamelessFile = number;

/**
 * Puts bytes into a file that another user may read and that has no name by the time something is in it: whoever is
 * killed leaves nothing behind. Throws where the disk does not take it.
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
