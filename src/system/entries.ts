import { type Dirent, lstatSync, opendirSync, readdirSync } from 'node:fs';

/**
 * No directory of a Gentoo machine has more names. The owner of a kernel tree can fill it with millions of hard
 * links, and a name takes some 200 bytes of memory.
 */
export const NAMES_MAX = 100_000;
/** Names read at once. */
const BATCH = 256;
/**
 * A directory of this size holds at most some ten thousand names (on btrfs, where a name of two letters takes four
 * bytes).
 */
const SMALL = 64 * 1024;

/**
 * The names in a directory of the host, each with its type, so that two thousand packages need no lstat. null: there
 * are more than NAMES_MAX. Throws the operating system's error.
 */
export function entriesIn(host: string): Dirent[] | null {
  // A small directory is read in one call, which takes a third of the time. Who fills it between the two calls has
  // only that moment.
  const { size } = lstatSync(host);
  if (size > 0 && size <= SMALL) return readdirSync(host, { withFileTypes: true });
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
