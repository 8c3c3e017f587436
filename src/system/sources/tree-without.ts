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
      if (!file.known || !hunks.some(({ applies }) => applies)) return;
      const { value } = file;
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
  const lines = Array.from({ length: index.count() }, (_, line) =>
    bytes.toString('latin1', index.offset(line), index.offset(line + 1)),
  );
  for (const [number, { applies, line }] of hunks.entries()) {
    const hunk = diff.hunks[number];
    if (!applies || hunk === undefined) continue;
    const { prefix, suffix, old, new: there } = hunk;
    const from = Math.max(0, line - 1) + prefix;
    lines.splice(
      from,
      there.lines.length - prefix - suffix,
      ...old.lines.slice(prefix, old.lines.length - suffix),
    );
  }
  return Buffer.from(lines.join(''), 'latin1');
}
