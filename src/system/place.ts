import { type Dirent, lstatSync } from 'node:fs';
import { entriesIn } from './entries.ts';
import { openRoot } from './root.ts';
import { errorCode } from './system-error.ts';

/** A directory of this program inside another root: its path on the host, or why it must not be used. */
export type Place =
  | { readonly ok: true; readonly path: string }
  | { readonly ok: false; readonly why: string };

/** A directory of this program holds some dozens of files, and one or two directories of files. */
const DEPTH_MAX = 2;
const ENTRIES_MAX = 10_000;

/**
 * The directory of this program inside another root that is to be written to. The root is an image that can contain
 * one already, with symlinks in it: to write by the name of such a symlink, as root, would write outside. So a
 * directory with a symlink in it is refused.
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

/**
 * The first entry in or below a directory that is neither file nor directory (a symlink, say), or is too deep to be
 * ours; null: none.
 */
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

/** A user who may not read the directory cannot write to it either. null: too many entries. */
function entriesOf(directory: string): Dirent[] | null {
  try {
    return entriesIn(directory);
  } catch (error) {
    if (errorCode(error) === 'EACCES') return [];
    throw error;
  }
}
