import { known, unknown } from '../../model/fact.ts';
import { lazy } from '../lazy.ts';
import type { HunkMatch } from './hunk-match.ts';
import { indexLines } from './line-index.ts';
import type { FileDiff } from './patch-file.ts';
import type { SourceFile, TreeFiles } from './tree-files.ts';

/**
 * A tree without some of the patches that are in it. The patch applied last must be reverted first: it may change
 * lines that another patch added. Nothing is written.
 */
export interface TreeWithout extends TreeFiles {
  /** Reverts the hunks that a dry run in reverse found. */
  takeOut(path: string, diff: FileDiff, hunks: readonly HunkMatch[]): void;
}

/** The tree as it is. Patches can be reverted from it. */
export function treeWithout(files: TreeFiles): TreeWithout {
  /** null: the patches created the file. The content is composed when it is read, which is seldom. */
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
      // If the patch removed the file, it comes back.
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

/** The context of a hunk stays as in the file: with fuzz it differs from the patch's. */
function bytesWithout(bytes: Buffer, diff: FileDiff, hunks: readonly HunkMatch[]): Buffer {
  const index = indexLines(bytes);
  const offset = (line: number): number => (index.has(line) ? index.offset(line) : bytes.length);
  const pieces: Buffer[] = [];
  let kept = 0;
  /** Lines that the reverted hunks have added: the line of a hunk is counted with the previous hunks reverted. */
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
