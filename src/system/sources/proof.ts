import { basename } from 'node:path';
import { type Fact, known } from '../../model/fact.ts';
import { type Direction, type HunkMatch, matchHunks } from './hunk-match.ts';
import type { FileDiff, Hunk } from './patch-file.ts';
import type { TreeFiles } from './tree-files.ts';

const EMPTY = Buffer.alloc(0);

/** The result of a dry run of one diff on a tree. */
export interface DryRun {
  /** The file that patch would choose, relative to the tree. */
  readonly path: string;
  /** mtime of the file, ms; null: it does not exist. */
  readonly mtime: number | null;
  readonly hunks: readonly HunkMatch[];
}

/**
 * The result of `patch -p1 --dry-run --force` (with -R for `reverse`) for each hunk of one diff. A hunk that applies
 * in reverse is in the tree. unknown: the file exists and cannot be read, or the work limit is reached.
 */
export function dryRun(files: TreeFiles, diff: FileDiff, direction: Direction): Fact<DryRun> {
  const path = chooseFile(files, diff.paths);
  const file = path === null ? null : files.read(path);
  if (path === null || file === null || (!file.known && file.code === 'missing')) {
    return withoutFile(path ?? diff.paths[0] ?? '', diff, direction);
  }
  if (!file.known) return file;
  const hunks = matchHunks(file.value.bytes, diff, direction);
  return hunks.known ? known({ path, mtime: file.value.mtime, hunks: hunks.value }) : hunks;
}

/** Of the named files that exist, patch chooses the one with the fewest directories, then the shortest name. */
function chooseFile(files: TreeFiles, paths: readonly string[]): string | null {
  if (paths.length < 2) return paths[0] ?? null;
  const [best] = paths.filter((path) => files.has(path)).sort(byLength);
  return best ?? null;
}

function byLength(a: string, b: string): number {
  return (
    a.split('/').length - b.split('/').length ||
    basename(a).length - basename(b).length ||
    a.length - b.length
  );
}

/** If the diff creates or removes the file, patch treats it as empty. Any other file it skips, and no hunk applies. */
function withoutFile(path: string, diff: FileDiff, direction: Direction): Fact<DryRun> {
  const passedOver = diff.before === 'there' && diff.after === 'there';
  const hunks = passedOver ? known(diff.hunks.map(ignored)) : matchHunks(EMPTY, diff, direction);
  return hunks.known ? known({ path, mtime: null, hunks: hunks.value }) : hunks;

  function ignored(hunk: Hunk): HunkMatch {
    const wanted = direction === 'forward' ? hunk.old : hunk.new;
    return { number: hunk.number, applies: false, line: wanted.first, fuzz: 0, offset: 0 };
  }
}
