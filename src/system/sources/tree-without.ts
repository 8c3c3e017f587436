import { known, unknown } from '../../model/fact.ts';
import { lazy } from '../lazy.ts';
import type { HunkMatch } from './hunk-match.ts';
import { indexLines } from './line-index.ts';
import type { FileDiff } from './patch-file.ts';
import type { SourceFile, TreeFiles } from './tree-files.ts';

/**
 * A tree as it would be without patches that are in it: what was applied last must be taken out first, for it may lie
 * in lines that another one brought. Nothing is written.
 */
export interface TreeWithout extends TreeFiles {
  /** Takes out the hunks that a dry run in reverse found. */
  takeOut(path: string, diff: FileDiff, hunks: readonly HunkMatch[]): void;
}

/** The tree as it is, from which patches can be taken out. */
export function treeWithout(files: TreeFiles): TreeWithout {
  /** null: the patches made the file. Few files are asked for again, so few are put together. */
  const changed = new Map<string, () => SourceFile | null>();
  return {
    read: (path) => {
      const own = changed.get(path);
      if (own === undefined) return files.read(path);
      const file = own();
      return file === null ? unknown('missing', `${path} is made by a patch`) : known(file);
    },
    has: (path) => {
      const own = changed.get(path);
      return own === undefined ? files.has(path) : own() !== null;
    },
    takeOut(path, diff, hunks) {
      const file = this.read(path);
      if (!hunks.some(({ applies }) => applies)) return;
      // What the patch took away comes back.
      if (!file.known && !(file.code === 'missing' && diff.after === 'absent')) return;
      const value = file.known ? file.value : { bytes: Buffer.alloc(0), mtime: 0 };
      changed.set(
        path,
        lazy(() => {
          const bytes = bytesWithout(value.bytes, diff, hunks);
          return diff.before === 'absent' && bytes.length === 0 ? null : { ...value, bytes };
        }),
      );
    },
  };
}

/** The context of a hunk stays as the file has it: with fuzz it is not the patch's. */
function bytesWithout(bytes: Buffer, diff: FileDiff, hunks: readonly HunkMatch[]): Buffer {
  const index = indexLines(bytes);
  const offset = (line: number): number => (index.has(line) ? index.offset(line) : bytes.length);
  const pieces: Buffer[] = [];
  let kept = 0;
  /** Lines of hunks are told as the hunks before them leave the file. */
  let growth = 0;
  for (const [number, { applies, line }] of hunks.entries()) {
    const hunk = diff.hunks[number];
    if (!applies || hunk === undefined) continue;
    const { prefix, suffix, old, new: there } = hunk;
    const from = Math.max(0, line - 1) + prefix - growth;
    const before = old.lines.slice(prefix, old.lines.length - suffix).join('');
    pieces.push(bytes.subarray(kept, offset(from)), Buffer.from(before, 'latin1'));
    kept = offset(from + there.lines.length - prefix - suffix);
    growth += old.lines.length - there.lines.length;
  }
  return Buffer.concat([...pieces, bytes.subarray(kept)]);
}
