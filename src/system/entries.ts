import { type Dirent, opendirSync } from 'node:fs';

/**
 * More names than any directory of a Gentoo machine has. Whoever owns a kernel tree can fill it with millions of hard links,
 * and a name takes some 200 bytes of memory.
 */
export const NAMES_MAX = 100_000;
/** So many are read at once. */
const BATCH = 256;

/**
 * The names in a directory of the host, and which of them are directories and no symlinks to some: two thousand packages
 * need no lstat. null: there are more than NAMES_MAX. Throws the operating system's error.
 */
export function entriesIn(host: string): Dirent[] | null {
  const directory = opendirSync(host, { bufferSize: BATCH });
  try {
    const entries: Dirent[] = [];
    for (let entry = directory.readSync(); entry !== null; entry = directory.readSync()) {
      if (entries.length === NAMES_MAX) return null;
      entries.push(entry);
    }
    return entries;
  } finally {
    directory.closeSync();
  }
}
