import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { PATCH_COMPONENTS, type PatchComponent } from '../src/model/patch-component.ts';
import { type FileDiff, parsePatch } from '../src/system/sources/patch-file.ts';

/** A set of patches at one time in a branch of the AUFS repositories. */
export interface ReleasedSet {
  /** The branch in the title of the patches, such as `6.1` or `4.18.11+`; also `6.x-rcN`. */
  readonly branch: string;
  /** The date in AUFS_VERSION, such as 20230821. */
  readonly day: number;
  readonly patches: Readonly<Partial<Record<PatchComponent, readonly FileDiff[]>>>;
  /** Repository and commit, for a person. */
  readonly from: string;
}

const PATCH = /^aufs\d-(kbuild|base|mmap|proc_map|standalone)\.patch$/;
const HEADERS = ['include/uapi/linux/aufs_type.h', 'include/linux/aufs_type.h'];

/** Every set in the history of all branches, each once, by branch and day. `repositories`: git directories. */
export function readReleasedSets(repositories: readonly string[]): readonly ReleasedSet[] {
  const sets = new Map<string, ReleasedSet>();
  for (const repository of repositories) {
    const git = (...args: readonly string[]): string =>
      execFileSync('git', ['-C', repository, ...args], { encoding: 'latin1', maxBuffer: 1 << 28 });
    const parsed = new Map<string, readonly FileDiff[] | null>();
    const commits = git('log', '--all', '--format=%H', '--', 'aufs*.patch').split('\n').filter(Boolean);
    for (const commit of commits) {
      const set = readSet(git, commit, parsed);
      if (set === null) continue;
      const key = createHash('sha256')
        .update(`${set.branch}\n${set.blobs.join('\n')}`)
        .digest('hex');
      const before = sets.get(key);
      const from = `${repository} ${commit}`;
      // The day of the first commit with these patches, not of a later one that did not change them.
      if (before === undefined || set.day < before.day) {
        sets.set(key, { branch: set.branch, day: set.day, patches: set.patches, from });
      }
    }
  }
  return [...sets.values()].sort((a, b) => a.branch.localeCompare(b.branch) || a.day - b.day);
}

interface Read {
  readonly branch: string;
  readonly day: number;
  readonly patches: ReleasedSet['patches'];
  readonly blobs: readonly string[];
}

function readSet(
  git: (...args: readonly string[]) => string,
  commit: string,
  parsed: Map<string, readonly FileDiff[] | null>,
): Read | null {
  const patches: Partial<Record<PatchComponent, readonly FileDiff[]>> = {};
  const blobs: string[] = [];
  let branch: string | null = null;
  for (const line of git('ls-tree', commit).split('\n')) {
    const [, blob = '', name = ''] = /^\d+ blob (\w+)\t(.*)$/.exec(line) ?? [];
    const part = PATCH.exec(name)?.[1];
    if (part === undefined) continue;
    if (!parsed.has(blob)) {
      const text = git('cat-file', 'blob', blob);
      const diffs = parsePatch(text);
      parsed.set(blob, diffs.known ? diffs.value : null);
      titles.set(blob, /\baufs(\d[\w.+-]*) \w+ patch\b/.exec(text.slice(0, 4096))?.[1] ?? null);
    }
    const diffs = parsed.get(blob) ?? null;
    if (diffs === null) continue;
    const component = part === 'proc_map' ? 'mmap' : PATCH_COMPONENTS.find((each) => each === part);
    if (component === undefined) continue;
    patches[component] = [...(patches[component] ?? []), ...diffs];
    blobs.push(`${component} ${blob}`);
    branch ??= titles.get(blob) ?? null;
  }
  const day = dayOf(git, commit);
  return branch === null || day === null || patches.base === undefined
    ? null
    : { branch, day, patches, blobs };
}

const titles = new Map<string, string | null>();

function dayOf(git: (...args: readonly string[]) => string, commit: string): number | null {
  for (const header of HEADERS) {
    if (git('ls-tree', commit, header) === '') continue;
    const day = /AUFS_VERSION\s+"[^"\n]*?(\d{8})"/.exec(git('show', `${commit}:${header}`))?.[1];
    if (day !== undefined) return Number(day);
  }
  return null;
}
