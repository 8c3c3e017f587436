import type { BuildFacts } from '../../model/build.ts';
import { type Fact, valueOr } from '../../model/fact.ts';
import type { ReleaseModules } from '../../model/module.ts';
import type { PortageFacts } from '../../model/portage.ts';
import type { Preferences } from '../../model/preferences.ts';
import type { PatchFacts, SourcesFacts, Tree } from '../../model/tree.ts';
import { readBuildAbi } from '../abi/build-abi.ts';
import { buildDirectories } from '../build/build-directories.ts';
import type { BuildActivity } from '../build/build-state.ts';
import { lazyMakes } from '../build/make-processes.ts';
import { readBuild } from '../build/read-build.ts';
import { readKernelConfig } from '../config.ts';
import { MIB, type Root } from '../root.ts';
import { readAufsVersion } from './aufs-version.ts';
import { kernelDirectory } from './kernel-directory.ts';
import { listTrees } from './list-trees.ts';
import { type PatchAtHand, patchesAtHand } from './patch-files.ts';
import { patchState } from './patch-state.ts';
import { readRelease } from './release.ts';
import { readSelected } from './selected.ts';
import { openTreeFiles } from './tree-files.ts';
import { readVersion } from './version.ts';

export interface SourcesInput {
  readonly preferences: Preferences;
  readonly portage: PortageFacts;
  /** Where the releases under /lib/modules say that they were built. */
  readonly releases: readonly Pick<ReleaseModules, 'build' | 'source'>[];
  /** Symbols that modules here import. */
  readonly wanted: ReadonlySet<string>;
  readonly hashImages: boolean;
  /** ms since the epoch. */
  readonly now: number;
}

/** Every kernel tree with its patch state and its builds, and which of them is selected. */
export function readSources(root: Root, input: SourcesInput): SourcesFacts {
  const selected = readSelected(root, kernelDirectory(root, input.preferences));
  const activity: BuildActivity = { now: input.now, makes: lazyMakes(root) };
  const patches = lazy(() => patchesAtHand(root, input.portage, input.preferences.patchDirectories));
  const trees = listTrees(root, selected, input.releases).map((path) =>
    readTree(root, path, input, patches, activity),
  );
  return { selected, trees };
}

function readTree(
  root: Root,
  path: string,
  input: SourcesInput,
  patches: () => readonly PatchAtHand[],
  activity: BuildActivity,
): Tree {
  const version = readVersion(root, path);
  const config = readKernelConfig(root, `${path}/.config`);
  const kind = root.lstat(`${path}/dist-kernel`).known ? 'distribution' : 'sources';
  const aufsVersion = readAufsVersion(root, path);
  const patch = patchState(openTreeFiles(root, path), version, dayOf(aufsVersion), patches());
  const base = { path, kind, config, patch } as const;
  const builds = buildDirectories(root, path, input.releases).map((directory) =>
    readTreeBuild(root, { ...base, directory }, input, activity),
  );
  return {
    ...base,
    version,
    release: releaseElsewhere(config, builds) ?? readRelease(root, path, version, config),
    owner: ownerOf(root, path, input.portage),
    aufsVersion,
    builds,
  };
}

/** Of a tree that is only ever compiled in another directory (O=): it has no .config, and that directory tells. */
function releaseElsewhere(config: Tree['config'], builds: readonly BuildFacts[]): Fact<string> | null {
  if (config.known || config.code !== 'missing') return null;
  const told = builds.filter(({ identity }) => identity.release.known);
  return told.toSorted((a, b) => valueOr(b.builtAt, 0) - valueOr(a.builtAt, 0))[0]?.identity.release ?? null;
}

function readTreeBuild(
  root: Root,
  tree: Pick<Tree, 'path' | 'kind' | 'config'> & { readonly patch: PatchFacts; readonly directory: string },
  { wanted, hashImages }: SourcesInput,
  activity: BuildActivity,
): BuildFacts {
  const { path, kind, config, directory } = tree;
  const build = { tree: path, directory, kind, touched: tree.patch.touched, config, hashImages, activity };
  return readBuild(root, { ...build, readAbi: (built) => readBuildAbi(root, built, wanted) });
}

/** `6.1-20240701` → 20240701. */
function dayOf(aufsVersion: Tree['aufsVersion']): number | null {
  const match = aufsVersion.known ? /(\d{8})$/.exec(aufsVersion.value ?? '') : null;
  return match === null ? null : Number(match[1]);
}

/** CPV of the package that has the tree: by its CONTENTS, or as the tree of a distribution kernel says itself. */
function ownerOf(root: Root, path: string, portage: PortageFacts): string | null {
  const byContents = portage.packages.find(({ trees }) => trees.includes(path));
  if (byContents !== undefined) return byContents.cpv;
  // `CATEGORY/PF:SLOT` (kernel-build.eclass)
  const named = root.readText(`${path}/dist-kernel`, MIB);
  const cpv = named.known ? (named.value.trim().split(':')[0] ?? '') : '';
  return portage.packages.find((installed) => installed.cpv === cpv)?.cpv ?? null;
}

function lazy<T>(make: () => T): () => T {
  let made: { readonly value: T } | null = null;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}
