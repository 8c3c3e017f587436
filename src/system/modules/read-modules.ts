import { MODULE_ENDINGS } from '../../model/compression.ts';
import { type Fact, known } from '../../model/fact.ts';
import type { ModuleFile, ReleaseModules } from '../../model/module.ts';
import { isModuleName, moduleName } from '../../model/module-name.ts';
import type { PortageFacts } from '../../model/portage.ts';
import { isReleaseName } from '../../model/release-name.ts';
import type { ReadProblem } from '../../model/snapshot.ts';
import { MIB } from '../open-file.ts';
import type { Root } from '../root.ts';
import { kmodHandsOver } from './kmod-version.ts';
import { hasModule, type IndexLookup, lookupIn } from './module-index.ts';
import { isOfKernel, notOfKernel, ownOf, type ReleaseLists } from './modules-of-nobody.ts';
import { neededPaths } from './needed-modules.ts';
import { hasOwnModules } from './own-modules.ts';
import { type ModulePlace, readModule } from './read-module.ts';

export const MODULES = '/lib/modules';

/** One directory of /lib/modules, without the facts about its kernel. */
export interface ReleaseFiles extends Omit<ReleaseModules, 'available' | 'abi' | 'abiOf' | 'carries'> {
  /** Text of modules.dep, for lookups of names. */
  readonly index: Fact<string>;
}

const INDEX_MAX = 8 * MIB;
const RELEASES_MAX = 100;

/** The part of a release that is read first, to learn which modules matter on this machine. */
interface OpenedRelease {
  readonly release: string;
  readonly directory: string;
  readonly lists: ReleaseLists;
  /** Paths of the modules that the kernel's own build did not install. */
  readonly others: readonly string[];
}

/**
 * Reads every release under /lib/modules: aufs, and each module that in any release is not the kernel's own. Portage
 * leaves the module of an older kernel in place when it builds it for a newer one (UNINSTALL_IGNORE in make.globals),
 * and a module that once came from a package may be the kernel's own by now.
 */
export function readModules(
  root: Root,
  portage: PortageFacts,
  builtinOfInterest: readonly string[],
): { releases: ReleaseFiles[]; problems: ReadProblem[] } {
  const names = root.list(MODULES);
  if (!names.known) {
    const problems = names.code === 'missing' ? [] : [{ path: MODULES, detail: names.detail }];
    return { releases: [], problems };
  }
  const owners = ownersOf(portage);
  const places = placesOf(owners);
  const handedOver = kmodHandsOver(root);
  const opened = names.value
    .filter(isReleaseName)
    .slice(0, RELEASES_MAX)
    .filter((name) => isDirectory(root, `${MODULES}/${name}`))
    .map((release) => openRelease(root, release));
  const interest = new Set([...places, ...opened.flatMap(({ others }) => others)].map(moduleName));
  const releases = opened.map((release) => ({
    ...readRelease(root, release, owners, places, interest, builtinOfInterest),
    handedOver,
  }));
  return { releases, problems: [] };
}

function openRelease(root: Root, release: string): OpenedRelease {
  const directory = `${MODULES}/${release}`;
  const lists = {
    index: root.readText(`${directory}/modules.dep`, INDEX_MAX),
    own: ownOf(root.readText(`${directory}/modules.order`, INDEX_MAX)),
  };
  return { release, directory, lists, others: notOfKernel(root, directory, lists) };
}

function readRelease(
  root: Root,
  { release, directory, lists, others }: OpenedRelease,
  owners: ReadonlyMap<string, string>,
  places: readonly string[],
  names: ReadonlySet<string>,
  builtinOfInterest: readonly string[],
): Omit<ReleaseFiles, 'handedOver'> {
  const { index } = lists;
  const builtin = root.readText(`${directory}/modules.builtin`, INDEX_MAX);
  const order = root.stat(`${directory}/modules.order`);
  const lookup = index.known ? lookupIn(index.value, names.size) : null;
  const indexed = (path: string): boolean | null => lookup?.has(path.slice(directory.length + 1)) ?? null;
  const read = (path: string): ModuleFile[] => {
    const file = readModule(root, path, placeOf(path, directory, owners, lists, indexed));
    return file.known ? [file.value] : [];
  };
  const paths = new Set([...modulePaths(root, directory, lookup, places, names), ...others]);
  const modules = [...paths].sort().flatMap(read);
  const needed = neededPaths(root, directory, lists, modules);
  modules.push(...needed.foreign.flatMap(read));
  return {
    release,
    directory,
    build: target(root, `${directory}/build`),
    source: target(root, `${directory}/source`),
    depmod: depmodState(root, directory, index, modules),
    hasOwn: hasOwnModules(root, directory),
    installedAt: order.known ? known(order.value.mtime) : order,
    aufsBuiltin: builtin.known ? known(hasModule(builtin.value, 'aufs')) : builtin,
    builtin: builtin.known
      ? [...new Set([...builtinOfInterest, ...names])].filter((name) => hasModule(builtin.value, name))
      : [],
    modules,
    between: needed.between.flatMap(read),
    index,
  };
}

const AUFS_PLACES = ['misc', 'kernel/fs/aufs', 'updates', 'extra'].map((folder) => `${folder}/aufs.ko`);

/** The places of the modules of interest inside a release, without the ending of the compression. */
function placesOf(owners: ReadonlyMap<string, string>): string[] {
  const owned = [...owners.keys()].flatMap(
    (path) => /^\/lib\/modules\/[^/]+\/(.+\.ko)(?:\.\w+)?$/.exec(path)?.[1] ?? [],
  );
  return [...new Set([...AUFS_PLACES, ...owned])];
}

/** The modules of interest that exist: in their usual places, and wherever depmod's index lists one of that name. */
function modulePaths(
  root: Root,
  directory: string,
  lookup: IndexLookup | null,
  places: readonly string[],
  names: ReadonlySet<string>,
): string[] {
  const usual = places.flatMap((place) => MODULE_ENDINGS.map((ending) => `${directory}/${place}${ending}`));
  const indexed = lookup === null ? [] : [...names].flatMap((name) => lookup.paths(name));
  const all = new Set([...usual, ...indexed.map((path) => `${directory}/${path}`)]);
  return [...all].filter((path) => isModuleName(moduleName(path)) && root.lstat(path).known);
}

/** Path of each module that a package owns → its CPV. If /lib is a symlink, CONTENTS may have /usr/lib. */
function ownersOf(portage: PortageFacts): Map<string, string> {
  const owners = new Map<string, string>();
  for (const installed of portage.packages) {
    for (const { path } of installed.modules)
      owners.set(path.replace(/^\/usr\/lib\//, '/lib/'), installed.cpv);
  }
  return owners;
}

function placeOf(
  path: string,
  directory: string,
  owners: ReadonlyMap<string, string>,
  lists: ReleaseLists,
  indexed: (path: string) => boolean | null,
): ModulePlace {
  const owner = owners.get(path) ?? null;
  const below = path.slice(directory.length + 1);
  const inTree = owner === null && below.startsWith('kernel/') && isOfKernel(lists, below) !== false;
  return { owner, inTree, indexed: indexed(path) };
}

function depmodState(
  root: Root,
  directory: string,
  index: Fact<string>,
  modules: readonly ModuleFile[],
): Fact<'fresh' | 'due' | 'missing'> {
  if (!index.known) return index.code === 'missing' ? known('missing') : index;
  const stat = root.stat(`${directory}/modules.dep`);
  if (!stat.known) return stat;
  // Of several modules of one name depmod lists the one that it prefers.
  const listed = new Set(modules.filter(({ indexed }) => indexed === true).map(({ name }) => name));
  const due = modules.some((file) => file.mtime > stat.value.mtime || !listed.has(file.name));
  return known(due ? 'due' : 'fresh');
}

function target(root: Root, link: string): string | null {
  const path = root.resolve(link);
  return path.known ? path.value : null;
}

function isDirectory(root: Root, path: string): boolean {
  const stat = root.stat(path);
  return stat.known && stat.value.type === 'directory';
}

/** Names of aufs and of the modules that packages own: for these the loaded state matters. */
export function namesOfInterest(
  portage: PortageFacts,
  releases: readonly Pick<ReleaseModules, 'modules'>[],
): Set<string> {
  const owned = portage.packages.flatMap(({ modules }) => modules.map(({ path }) => moduleName(path)));
  const found = releases.flatMap(({ modules }) => modules.map(({ name }) => name));
  return new Set(['aufs', ...owned, ...found]);
}
