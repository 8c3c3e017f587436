import type { BuildFacts, KernelIdentity } from '../../model/build.ts';
import type { KernelConfig } from '../../model/config.ts';
import { type Fact, unknown, valueOr } from '../../model/fact.ts';
import type { ReleaseModules } from '../../model/module.ts';
import type { PortageFacts } from '../../model/portage.ts';
import type { Preferences } from '../../model/preferences.ts';
import { sameKernel } from '../../model/same-kernel.ts';
import type { PatchFacts, SourcesFacts, Tree } from '../../model/tree.ts';
import { readBuildAbi } from '../abi/build-abi.ts';
import { type Arena, openArena } from '../arena.ts';
import { buildDirectories } from '../build/build-directories.ts';
import type { BuildActivity } from '../build/build-state.ts';
import { lazyMakes } from '../build/make-processes.ts';
import { outputDirectory } from '../build/output-directory.ts';
import { readBuild, readBuildOutline } from '../build/read-build.ts';
import { readKernelConfig } from '../config.ts';
import { lazy } from '../lazy.ts';
import { MIB } from '../open-file.ts';
import type { Root } from '../root.ts';
import { readAufsSources } from './aufs-sources.ts';
import { readAufsVersion } from './aufs-version.ts';
import { kernelDirectory } from './kernel-directory.ts';
import { listTrees } from './list-trees.ts';
import { perComponent } from './markers.ts';
import { type PatchAtHand, patchesAtHand } from './patch-files.ts';
import { patchState } from './patch-state.ts';
import { readRelease } from './release.ts';
import { readSelected } from './selected.ts';
import { openTreeFiles } from './tree-files.ts';
import { readVersion } from './version.ts';

export interface SourcesInput {
  readonly preferences: Preferences;
  readonly portage: PortageFacts;
  /** The releases under /lib/modules, with the directories that they were built in. */
  readonly releases: readonly Pick<ReleaseModules, 'build' | 'source'>[];
  /** Symbols that the modules of this machine import or export. */
  readonly wanted: ReadonlySet<string>;
  readonly hashImages: boolean;
  /** The configuration of a kernel from outside its build directory. */
  configOf(identity: KernelIdentity): Fact<KernelConfig>;
  /** ms since the epoch. */
  readonly now: number;
  /** The kernels that matter, by the release of the selected tree; default: all. */
  readonly kernelsInQuestion?: (selectedRelease: string | null) => readonly KernelIdentity[];
}

/**
 * Reads every kernel tree with its patch state and its builds, and which tree is selected. Of a tree that is neither
 * selected nor made a kernel in question, only the kernels that it made are read.
 */
export function readSources(root: Root, request: SourcesInput): SourcesFacts {
  const selected = readSelected(root, kernelDirectory(root, request.preferences));
  const output = outputDirectory(root, selected);
  const input = output === null ? request : { ...request, releases: [...request.releases, output] };
  const activity: BuildActivity = { now: input.now, makes: lazyMakes(root) };
  const patches = lazy(() => patchesAtHand(root, input.portage, input.preferences.patchDirectories));
  const arena = openArena();
  const readWhole = (path: string) => readTree(root, path, input, patches, activity, arena);
  const paths = listTrees(root, selected, input.releases);
  const { kernelsInQuestion } = input;
  if (kernelsInQuestion === undefined) return { selected, trees: paths.map(readWhole) };

  const own = selected.state === 'tree' && paths.includes(selected.path) ? readWhole(selected.path) : null;
  const kernels = kernelsInQuestion(own?.release.known === true ? own.release.value : null);
  const isAsked = ({ builds }: Tree) =>
    builds.some(({ identity }) => kernels.some((kernel) => sameKernel(kernel, identity) === 'same'));
  const trees = paths.map((path) => {
    if (path === own?.path) return own;
    const outline = readTreeOutline(root, path, input.portage, input.releases);
    return isAsked(outline) ? readWhole(path) : outline;
  });
  return { selected, trees };
}

function readTree(
  root: Root,
  path: string,
  input: SourcesInput,
  patches: () => readonly PatchAtHand[],
  activity: BuildActivity,
  arena: Arena,
): Tree {
  const version = readVersion(root, path);
  const config = readKernelConfig(root, `${path}/.config`);
  const kind = kindOf(root, path);
  const aufsVersion = readAufsVersion(root, path);
  arena.clear();
  const owner = ownerOf(root, path, input.portage);
  const mergedAt = input.portage.packages.find(({ cpv }) => cpv === owner)?.mergedAt ?? null;
  const files = openTreeFiles(root, path, arena);
  const patch = patchState(files, version, dayOf(aufsVersion), patches(), mergedAt);
  const base = { path, kind, config, patch } as const;
  const builds = buildDirectories(root, path, input.releases).map((directory) =>
    readTreeBuild(root, { ...base, directory }, input, activity),
  );
  return {
    ...base,
    version,
    release: releaseElsewhere(config, builds) ?? readRelease(root, path, version, config),
    owner,
    aufsVersion,
    aufsSources: readAufsSources(root, path),
    builds,
  };
}

/** A tree that is only compiled in another directory (O=) has no .config. The release is that of the directory. */
function releaseElsewhere(config: Tree['config'], builds: readonly BuildFacts[]): Fact<string> | null {
  if (config.known || config.code !== 'missing') return null;
  const told = builds.filter(({ identity }) => identity.release.known);
  return told.toSorted((a, b) => valueOr(b.builtAt, 0) - valueOr(a.builtAt, 0))[0]?.identity.release ?? null;
}

function readTreeBuild(
  root: Root,
  tree: Pick<Tree, 'path' | 'kind' | 'config'> & { readonly patch: PatchFacts; readonly directory: string },
  { wanted, hashImages, configOf }: SourcesInput,
  activity: BuildActivity,
): BuildFacts {
  const { path, kind, config, directory } = tree;
  const build = {
    tree: path,
    directory,
    kind,
    touched: tree.patch.touched,
    config,
    hashImages,
    activity,
    configOf,
  };
  return readBuild(root, { ...build, readAbi: (built) => readBuildAbi(root, built, wanted) });
}

/** `6.1-20240701` → 20240701. */
function dayOf(aufsVersion: Tree['aufsVersion']): number | null {
  const match = aufsVersion.known ? /(\d{8})$/.exec(aufsVersion.value ?? '') : null;
  return match === null ? null : Number(match[1]);
}

/** Reads only which kernels a tree made. */
function readTreeOutline(
  root: Root,
  path: string,
  portage: PortageFacts,
  releases: SourcesInput['releases'],
): Tree {
  const kind = kindOf(root, path);
  return {
    path,
    kind,
    version: readVersion(root, path),
    release: NOT_ASKED,
    config: NOT_ASKED,
    owner: ownerOf(root, path, portage),
    aufsVersion: NOT_ASKED,
    aufsSources: NOT_ASKED,
    patch: {
      components: perComponent(() => ({ state: 'unknown', why: NOT_ASKED.detail })),
      series: null,
      rejects: [],
      touched: [],
      sets: [],
    },
    builds: buildDirectories(root, path, releases).map((directory) =>
      readBuildOutline(root, { directory, kind }),
    ),
  };
}

const NOT_ASKED = unknown('no-data', 'not read: nobody asked about this tree');

function kindOf(root: Root, path: string): Tree['kind'] {
  return root.lstat(`${path}/dist-kernel`).known ? 'distribution' : 'sources';
}

/** CPV of the package that owns the tree: from its CONTENTS, or from the tree of a distribution kernel. */
function ownerOf(root: Root, path: string, portage: PortageFacts): string | null {
  const byContents = portage.packages.find(({ trees }) => trees.includes(path));
  if (byContents !== undefined) return byContents.cpv;
  // `CATEGORY/PF:SLOT` (kernel-build.eclass)
  const named = root.readText(`${path}/dist-kernel`, MIB);
  const cpv = named.known ? (named.value.trim().split(':')[0] ?? '') : '';
  return portage.packages.find((installed) => installed.cpv === cpv)?.cpv ?? null;
}
