import { type Dirent, lstatSync } from 'node:fs';
import { entriesIn } from './entries.ts';
import { openRoot } from './root.ts';
import { errorCode } from './system-error.ts';

/** A directory of this program's own inside another root: where it is on the host, or why it is not to be used. */
export type Place =
  | { readonly ok: true; readonly path: string }
  | { readonly ok: false; readonly why: string };

/** A directory of ours holds some dozens of files, and one or two directories of files. */
const DEPTH_MAX = 2;
const ENTRIES_MAX = 10_000;

/**
 * Where a directory of ours is that is to be written to inside another root. An image can hold one already, with links in
 * it: what is written by the name of such a link, as root, would be written outside. So one with a link in it is refused.
 */
export function placeInside(root: string, path: string): Place {
  try {
    const host = openRoot(root).hostPath(path);
    if (!host.known) return { ok: false, why: host.detail };
    const other = strangerIn(host.value, DEPTH_MAX);
    return other === null
      ? { ok: true, path: host.value }
      : { ok: false, why: `${other} is no file of aufswatch's, and could lead out of ${root}; remove it` };
  } catch (error) {
    const code = errorCode(error);
    if (code === null) throw error;
    return { ok: false, why: `${root}${path}: ${code}` };
  }
}

/** The first entry of a directory, or below it, that is no file, as a link, or too deep to be ours; null: there is none. */
function strangerIn(directory: string, depth: number): string | null {
  if (lstatSync(directory, { throwIfNoEntry: false })?.isDirectory() !== true) return null;
  const entries = entriesOf(directory);
  if (entries === null || entries.length > ENTRIES_MAX) return directory;
  for (const entry of entries) {
    const path = `${directory}/${entry.name}`;
    if (entry.isFile()) continue;
    const found = entry.isDirectory() && depth > 0 ? strangerIn(path, depth - 1) : path;
    if (found !== null) return found;
  }
  return null;
}

/** Who may not look into it, writes nothing there either. null: there are too many. */
function entriesOf(directory: string): Dirent[] | null {
  try {
    return entriesIn(directory);
  } catch (error) {
    if (errorCode(error) === 'EACCES') return [];
    throw error;
  }
}
