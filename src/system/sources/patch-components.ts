import { PATCH_COMPONENTS, type PatchComponent } from '../../model/patch-component.ts';
import { changedLines } from './changed-lines.ts';
import { hasMark } from './find-mark.ts';
import type { FileDiff, Hunk } from './patch-file.ts';
import type { PatchAtHand } from './patch-files.ts';
import { componentsOf, type Mark, type TouchedFile } from './series.ts';

/** The components that a patch contains whole, by its titles or its content. */
export function componentsHeld(patch: PatchAtHand, touched: readonly TouchedFile[]): PatchComponent[] {
  return PATCH_COMPONENTS.filter(
    (component) => patch.titled.includes(component) || bringsWhole(patch.diffs, touched, component),
  );
}

/**
 * The component of a hunk; null: none. Files in fs/aufs come with the set and change nothing in the kernel: a tree
 * for the module outside does not have them.
 */
export function componentOf(patch: PatchAtHand, diff: FileDiff, hunk: Hunk): PatchComponent | null {
  const path = diff.paths.at(-1) ?? '';
  if (path.startsWith('fs/aufs/') || path.endsWith('/aufs_type.h')) return null;
  return patch.component ?? (isExports(diff) ? 'standalone' : componentOfHunk(diff.paths, hunk));
}

/**
 * Does the patch contain a component whole: a mark in every file in which each set of the series leaves a sure one?
 * For a patch without titles. Any other kernel patch changes some of these files too, which proves nothing about
 * AUFS.
 */
function bringsWhole(
  diffs: readonly FileDiff[],
  touched: readonly TouchedFile[],
  component: PatchComponent,
): boolean {
  const marked = touched.flatMap((file) => {
    const marks = file.component === component ? file.marks : [];
    return marks.length > 0 ? [{ path: file.path, marks }] : [];
  });
  const sure = marked.flatMap(({ path, marks }) => {
    const surest = marks.filter((mark) => mark.sure);
    return surest.length > 0 ? [{ path, marks: surest }] : [];
  });
  const wanted = sure.length > 0 ? sure : marked;
  return wanted.length > 0 && wanted.every(({ path, marks }) => bringsMark(diffs, path, marks));
}

function bringsMark(diffs: readonly FileDiff[], path: string, marks: readonly Mark[]): boolean {
  const lines = diffs
    .filter(({ paths }) => paths.includes(path))
    .flatMap(({ hunks }) => hunks.flatMap((hunk) => changedLines(hunk).added));
  const text = Buffer.from(lines.join('\n'), 'latin1');
  return marks.some((mark) => hasMark(text, mark));
}

/** Does it only export symbols of a file, as `standalone` does? */
function isExports({ hunks }: FileDiff): boolean {
  const added = hunks.flatMap((hunk) => changedLines(hunk).added);
  return exportsOnly(added) && added.some((line) => line.startsWith('EXPORT_SYMBOL'));
}

function exportsOnly(added: readonly string[]): boolean {
  return added.every((line) => /^(?:\s*|EXPORT_SYMBOL.*|#include .*)$/.test(line));
}

/**
 * For a combined patch: `standalone` exports symbols of files that `base` or `mmap` change in other ways. null: no
 * set touches the file.
 */
function componentOfHunk(paths: readonly string[], hunk: Hunk): PatchComponent | null {
  const candidates = paths.flatMap(componentsOf);
  if (exportsOnly(changedLines(hunk).added) && candidates.includes('standalone')) return 'standalone';
  const [first] = candidates.filter((component) => component !== 'standalone');
  return first ?? candidates[0] ?? null;
}
