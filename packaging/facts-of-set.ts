import { PATCH_COMPONENTS, type PatchComponent } from '../src/model/patch-component.ts';
import { changedLines } from '../src/system/sources/changed-lines.ts';
import type { FileDiff } from '../src/system/sources/patch-file.ts';
import type { ReleasedSet } from './released-sets.ts';

/** `component | path`, or `component | path | kind name` for a mark that the component leaves in the file. */
export type Fact = string;

/** Names that no kernel without AUFS has in the files to which the sets add them. */
const NAMES = new RegExp(
  `^(?:vm[ar]_(?:do_)?(?:fput|get_file|pr_or_file|file_update_time)|(?:vm_)?prfile|prfile_trace|${[
    'CONFIG_AUFS_FS',
    'is_current_mnt_ns',
    'lockdep_hlock_class',
    'do_splice_from',
    'do_splice_to',
    'setfl',
    'vfs_readf',
    'vfs_writef',
    'aufs_type',
  ].join('|')})$`,
);

/** The text that a patch adds to files that are not C. */
const TEXTS: Readonly<Record<string, string>> = {
  'fs/Kconfig': 'fs/aufs/Kconfig',
  MAINTAINERS: 'fs/aufs/',
};

/** Files in which a missing name proves nothing. The proof is that the text that it replaces is still there. */
const INSTEAD: Readonly<Record<string, readonly string[]>> = {
  'fs/proc/base.c': ['vm_file->f_path', 'file_user_path(vma->vm_file)'],
};

/**
 * Marks that prove nothing: point releases between two branches export __fput_sync themselves (since 5.10.117 and
 * 5.15.41) or have no __sync_filesystem (since 5.10.140). Seen in those kernels, and in the sets for them.
 */
const NO_EVIDENCE: ReadonlySet<string> = new Set([
  'fs/file_table.c | export __fput_sync',
  'fs/sync.c | export __sync_filesystem',
]);

/** The files that a set changes, and the marks that it leaves in them. */
export function factsOf({ patches }: Pick<ReleasedSet, 'patches'>): readonly Fact[] {
  return PATCH_COMPONENTS.flatMap((component) => {
    const diffs = patches[component] ?? [];
    const paths = [...new Set(diffs.map((diff) => diff.paths.at(-1) ?? ''))].filter(isOfKernel);
    return paths.flatMap((path) => {
      const own = diffs.filter((diff) => diff.paths.at(-1) === path);
      const marks = marksOf(path, own).filter((mark) => !NO_EVIDENCE.has(`${path} | ${mark}`));
      return [factOf(component, path), ...marks.map((mark) => `${factOf(component, path)} | ${mark}`)];
    });
  });
}

/** False for files in fs/aufs and for aufs_type.h, which are part of the set itself. */
function isOfKernel(path: string): boolean {
  return path !== '' && !path.startsWith('fs/aufs/') && !path.endsWith('/aufs_type.h');
}

function factOf(component: PatchComponent, path: string): Fact {
  return `${component} | ${path}`;
}

function marksOf(path: string, diffs: readonly FileDiff[]): readonly string[] {
  const added = diffs.flatMap(({ hunks }) => hunks.flatMap((hunk) => changedLines(hunk).added));
  const before = diffs.flatMap(({ hunks }) => hunks.flatMap(({ old }) => old.lines));
  const text = TEXTS[path];
  if (text !== undefined) return added.some((line) => line.includes(text)) ? [`text ${text}`] : [];
  const exported = exportsIn(added).filter((name) => !exportsIn(before).includes(name));
  const old = new Set(before.flatMap(wordsOf));
  const words = new Set(added.filter((line) => !line.includes('EXPORT_SYMBOL')).flatMap(wordsOf));
  const names = [...words].filter((word) => NAMES.test(word) && !old.has(word));
  const instead = INSTEAD[path]?.find((each) => before.some((line) => line.includes(each)));
  if (instead !== undefined) {
    return names.map((name) => `name ${name}/${instead}`);
  }
  return [...exported.map((name) => `export ${name}`), ...names.map((name) => `name ${name}`)].sort();
}

function exportsIn(lines: readonly string[]): string[] {
  return [...new Set(lines.flatMap((line) => /^EXPORT_SYMBOL\w*\(\s*(\w+)\s*\)/.exec(line)?.[1] ?? []))];
}

function wordsOf(line: string): string[] {
  return line.match(/\w+/g) ?? [];
}
