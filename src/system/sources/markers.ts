import {
  type ComponentState,
  type KernelVersion,
  type MissingPart,
  PATCH_COMPONENTS,
  type PatchComponent,
} from '../../model/tree.ts';
import { hasExport, hasWord } from './find-mark.ts';
import { isBeyondTable, type Mark, type Series, type TouchedFile, touchedFiles } from './series.ts';
import type { TreeFiles } from './tree-files.ts';

/** Files of the sets themselves, in every series from 3.9 on. */
const OWN_FILES = ['fs/aufs/Makefile', 'include/uapi/linux/aufs_type.h', 'mm/prfile.c'];

/** Of these, a tree that lacks all is one from which its package took the .c files out. */
const SOURCES = ['fs/splice.c', 'kernel/fork.c', 'mm/mmap.c'];

/**
 * Marks that say nothing: inode_operations has a member update_time since 3.5, and point releases that lie
 * between two rows of the table began to export __fput_sync themselves (5.10.117, 5.15.41) or dropped
 * __sync_filesystem (5.10.140). Seen in those kernels, and in the sets for them.
 */
const NO_EVIDENCE: ReadonlySet<string> = new Set([
  'include/linux/fs.h update_time',
  'fs/file_table.c __fput_sync',
  'fs/sync.c __sync_filesystem',
]);

/**
 * The patch state by the names that the sets bring, for the case that no patch is at hand. `setDay` is the date
 * of the tree's set (20240701), null where it does not tell. Only the files that the marks name are read.
 */
export function readMarkers(
  files: TreeFiles,
  version: KernelVersion,
  series: Series,
  setDay: number | null,
): Readonly<Record<PatchComponent, ComponentState>> {
  const beyond = isBeyondTable(version);
  if (beyond && !OWN_FILES.some((path) => files.has(path))) {
    return all(`the marks of the patch sets are known up to Linux ${series.name}, and no patch is at hand`);
  }
  if (!hasSources(files)) {
    return all('the tree has no .c files; what its kernel exports tells');
  }
  const touched = touchedFiles(series, setDay ?? series.firstDay);
  return perComponent((component) => {
    const state = readComponent(
      files,
      touched.filter((file) => file.component === component),
    );
    const certain = state.state === 'present' || state.state === 'unknown';
    if (!beyond || certain) return state;
    return unknownState(
      `a set for a kernel after ${series.name} may leave other marks, and no patch is at hand`,
    );
  });
}

/** Does the tree have its .c files? Those of distribution kernels have none. */
export function hasSources(files: TreeFiles): boolean {
  return SOURCES.some((path) => files.has(path));
}

/** The marks of a file that say something. */
export function evidenceOf({ path, marks }: TouchedFile): readonly Mark[] {
  return marks.filter((mark) => !NO_EVIDENCE.has(`${path} ${mark.name}`));
}

function all(why: string): Readonly<Record<PatchComponent, ComponentState>> {
  return perComponent(() => unknownState(why));
}

/** The same record for each component. */
export function perComponent<T>(make: (component: PatchComponent) => T): Record<PatchComponent, T> {
  const [kbuild, base, mmap, standalone] = PATCH_COMPONENTS;
  return { kbuild: make(kbuild), base: make(base), mmap: make(mmap), standalone: make(standalone) };
}

function unknownState(why: string): ComponentState {
  return { state: 'unknown', why };
}

function readComponent(files: TreeFiles, touched: readonly TouchedFile[]): ComponentState {
  const sure: MissingPart[] = [];
  const missing: MissingPart[] = [];
  let expected = 0;
  let found = 0;
  /** Where the package of the sources puts the original back; files of the sets' own it leaves behind. */
  let foundInOthers = 0;
  let appliedAt: number | null = null;
  for (const each of touched) {
    const { path } = each;
    const evidence = evidenceOf(each);
    if (evidence.length === 0) continue;
    const file = files.read(path);
    if (!file.known && file.code !== 'missing') return unknownState(file.detail);
    for (const mark of evidence) {
      if (mark.sure) expected++;
      if (file.known && (mark.kind === 'export' ? hasExport : hasWord)(file.value.bytes, mark.name)) {
        found++;
        if (!OWN_FILES.includes(path)) foundInOthers++;
        appliedAt = Math.max(appliedAt ?? 0, file.value.mtime);
        continue;
      }
      const part = { file: path, part: mark.name };
      missing.push(part);
      if (mark.sure) sure.push(part);
    }
  }
  const lacking = expected > 0 ? sure : missing;
  if (found === 0 || (foundInOthers === 0 && lacking.length > 0)) {
    return { state: 'absent', how: 'markers', by: null, missing, appliedAt: null };
  }
  const state = lacking.length > 0 ? 'partial' : 'present';
  return { state, how: 'markers', by: null, missing: state === 'present' ? [] : missing, appliedAt };
}
