import type { Fact } from '../../model/fact.ts';
import { PATCH_COMPONENTS, type PatchComponent } from '../../model/patch-component.ts';
import type { ComponentState, KernelVersion, MissingPart } from '../../model/tree.ts';
import { hasMark } from './find-mark.ts';
import { candidateEditions, isBeyondTable, type Mark, marksOf, type Series } from './series.ts';
import type { SourceFile, TreeFiles } from './tree-files.ts';

/** Files that the sets create, in every series from 3.9 on. */
const OWN_FILES = ['fs/aufs/Makefile', 'include/uapi/linux/aufs_type.h', 'mm/prfile.c'];

/** If a tree has none of these, its package removed the .c files. */
const SOURCES = ['fs/splice.c', 'kernel/fork.c', 'mm/mmap.c'];

const HOW_TO_KNOW =
  'lay the patches on this machine and name the directory as patch_directories in the configuration';

/**
 * The patch state from the names that the sets add, for a tree without a patch at hand. `setDay`: date of the tree's
 * set (20240701); null: unknown. Only the files with marks are read.
 */
export function readMarkers(
  files: TreeFiles,
  version: KernelVersion,
  series: Series,
  setDay: number | null,
): Readonly<Record<PatchComponent, ComponentState>> {
  const beyond = isBeyondTable(version);
  if (beyond && !OWN_FILES.some((path) => files.has(path))) {
    return all(`the marks of the patch sets are known up to Linux ${series.name}: ${HOW_TO_KNOW}`);
  }
  if (!hasSources(files)) {
    return all('the tree has no .c files; what its kernel exports tells');
  }
  const states = nearestEdition(files, version, series, setDay);
  if (!beyond) return states;
  return perComponent((component) => {
    const state = states[component];
    if (state.state === 'present' || state.state === 'unknown') return state;
    return unknownState(`a set for a kernel after ${series.name} may leave other marks: ${HOW_TO_KNOW}`);
  });
}

/** Does the tree have its .c files? Trees of distribution kernels do not. */
export function hasSources(files: TreeFiles): boolean {
  return SOURCES.some((path) => files.has(path));
}

function all(why: string): Readonly<Record<PatchComponent, ComponentState>> {
  return perComponent(() => unknownState(why));
}

/** A record with `make(component)` for each component. */
export function perComponent<T>(make: (component: PatchComponent) => T): Record<PatchComponent, T> {
  const [kbuild, base, mmap, standalone] = PATCH_COMPONENTS;
  return { kbuild: make(kbuild), base: make(base), mmap: make(mmap), standalone: make(standalone) };
}

function unknownState(why: string): ComponentState {
  return { state: 'unknown', why };
}

/** A mark that some set may leave, and whether it is in the tree. */
interface Found {
  readonly component: PatchComponent;
  readonly path: string;
  readonly mark: Mark;
  /** When the file was changed, ms; null: the mark is not in it. */
  readonly at: number | null;
}

/**
 * Marks came, went and came again in the history of the sets. So the tree is compared with each edition, and the best
 * match counts: the fewest marks missing, and the fewest that the edition does not have.
 */
function nearestEdition(
  files: TreeFiles,
  version: KernelVersion,
  series: Series,
  setDay: number | null,
): Readonly<Record<PatchComponent, ComponentState>> {
  const own = candidateEditions(version, setDay);
  const editions = own.length > 0 ? own : series.editions.toReversed();
  const found = new Map<string, Found>();
  const unread = new Map<PatchComponent, string>();
  const wanted = editions.map((edition) => {
    const keys = new Set<string>();
    for (const { component, path, marks } of marksOf(edition)) {
      for (const mark of marks) {
        const key = `${component} ${path} ${mark.kind} ${mark.name}`;
        keys.add(key);
        if (found.has(key)) continue;
        const file = files.read(path);
        if (!file.known && file.code !== 'missing') unread.set(component, file.detail);
        const there = file.known && hasMark(file.value.bytes, mark);
        if (!there && mark.instead !== null && !isStillPlain(file, mark.instead)) continue;
        found.set(key, { component, path, mark, at: there ? file.value.mtime : null });
      }
    }
    return keys;
  });
  const seen = new Set([...found.values()].filter(({ at }) => at !== null).map(({ component }) => component));
  const compared = [...found].filter(([, { component }]) => seen.has(component));
  const differences = wanted.map(
    (keys) => compared.filter(([key, { at }]) => keys.has(key) !== (at !== null)).length,
  );
  const best = wanted[differences.indexOf(Math.min(...differences))] ?? new Set();
  const marks = [...found].flatMap(([key, mark]) => (best.has(key) ? [mark] : []));
  return perComponent((component) => {
    const why = unread.get(component);
    if (why !== undefined) return unknownState(why);
    return stateOf(marks.filter((mark) => mark.component === component));
  });
}

function isStillPlain(file: Fact<SourceFile>, instead: string): boolean {
  return !file.known || file.value.bytes.indexOf(instead, 0, 'latin1') >= 0;
}

function stateOf(marks: readonly Found[]): ComponentState {
  const missing: MissingPart[] = [];
  /** In files that the package of the sources restores. It leaves the files that the sets created. */
  let foundInOthers = 0;
  let appliedAt: number | null = null;
  for (const { path, mark, at } of marks) {
    if (at === null) {
      missing.push({ file: path, part: mark.name });
      continue;
    }
    if (!OWN_FILES.includes(path)) foundInOthers++;
    appliedAt = Math.max(appliedAt ?? 0, at);
  }
  const how = { how: 'markers', by: null } as const;
  if (foundInOthers === 0 && (missing.length > 0 || appliedAt === null)) {
    return { state: 'absent', ...how, missing, appliedAt: null };
  }
  return { state: missing.length > 0 ? 'partial' : 'present', ...how, missing, appliedAt };
}
