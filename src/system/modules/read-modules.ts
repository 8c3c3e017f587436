import { type Fact, known } from '../../model/fact.ts';
import type { ModuleFile, ReleaseModules } from '../../model/module.ts';
import { moduleName } from '../../model/module-name.ts';
import type { PortageFacts } from '../../model/portage.ts';
import type { Trouble } from '../../model/snapshot.ts';
import { MIB, type Root } from '../root.ts';
import { type ModulePlace, readModule } from './read-module.ts';

export const MODULES = '/lib/modules';

/** One directory of /lib/modules, before it is known what its kernel exports. */
export interface ReleaseFiles extends Omit<ReleaseModules, 'available' | 'abi' | 'carries'> {
  /** Text of modules.dep, to look names up in. */
  readonly index: Fact<string>;
}

const INDEX_MAX = 8 * MIB;
const RELEASES_MAX = 100;

/** Every release under /lib/modules, with aufs and the modules that packages own. */
export function readModules(
  root: Root,
  portage: PortageFacts,
  builtinOfInterest: readonly string[],
): { releases: ReleaseFiles[]; troubles: Trouble[] } {
  const names = root.list(MODULES);
  if (!names.known) {
    const troubles = names.code === 'missing' ? [] : [{ path: MODULES, detail: names.detail }];
    return { releases: [], troubles };
  }
  const owners = ownersOf(portage);
  const releases = names.value
    .filter((name) => !name.startsWith('.') && !name.includes('\ufffd'))
    .slice(0, RELEASES_MAX)
    .filter((name) => isDirectory(root, `${MODULES}/${name}`))
    .map((release) => readRelease(root, release, owners, builtinOfInterest));
  return { releases, troubles: [] };
}

function readRelease(
  root: Root,
  release: string,
  owners: ReadonlyMap<string, string>,
  builtinOfInterest: readonly string[],
): ReleaseFiles {
  const directory = `${MODULES}/${release}`;
  const index = root.readText(`${directory}/modules.dep`, INDEX_MAX);
  const builtin = root.readText(`${directory}/modules.builtin`, INDEX_MAX);
  const order = root.stat(`${directory}/modules.order`);
  const paths = modulePaths(root, directory, index, owners);
  const indexed = (path: string): boolean | null =>
    index.known ? isIndexed(index.value, path.slice(directory.length + 1)) : null;
  const modules = paths.flatMap((path) => {
    const file = readModule(root, path, placeOf(path, owners, indexed));
    return file.known ? [file.value] : [];
  });
  return {
    release,
    directory,
    build: target(root, `${directory}/build`),
    source: target(root, `${directory}/source`),
    depmod: depmodState(root, directory, index, modules),
    installedAt: order.known ? known(order.value.mtime) : order,
    aufsBuiltin: builtin.known ? known(hasModule(builtin.value, 'aufs')) : builtin,
    builtin: builtin.known ? builtinOfInterest.filter((name) => hasModule(builtin.value, name)) : [],
    modules,
    index,
  };
}

/** Is a module of this name in the text of modules.dep, modules.builtin or modules.order? */
export function hasModule(index: string, name: string): boolean {
  // One search for both spellings would need a pattern over 600 KB; names with `_` are few.
  const spellings = new Set([name, name.replaceAll('_', '-'), name.replaceAll('-', '_')]);
  return [...spellings].some((spelling) => index.includes(`/${spelling}.ko`));
}

/** aufs wherever it is, and what packages own for this release. depmod's index names all; the places tell what it lacks. */
function modulePaths(
  root: Root,
  directory: string,
  index: Fact<string>,
  owners: ReadonlyMap<string, string>,
): string[] {
  const owned = [...owners.keys()].filter((path) => path.startsWith(`${directory}/`));
  const usual = ['misc', 'kernel/fs/aufs', 'updates', 'extra'].flatMap((place) =>
    ['', '.gz', '.xz', '.zst'].map((ending) => `${directory}/${place}/aufs.ko${ending}`),
  );
  const indexed = index.known ? indexedAs(index.value, 'aufs').map((path) => `${directory}/${path}`) : [];
  return [...new Set([...owned, ...usual, ...indexed])].filter((path) => root.lstat(path).known).sort();
}

/** Paths below the release that the text of modules.dep has for a module of this name. */
function indexedAs(index: string, name: string): string[] {
  const paths: string[] = [];
  const wanted = `/${name}.ko`;
  for (let at = index.indexOf(wanted); at >= 0; at = index.indexOf(wanted, at + 1)) {
    const end = index.indexOf('\n', at);
    const line = index.slice(index.lastIndexOf('\n', at) + 1, end < 0 ? index.length : end);
    const path = /^(\S*\/[^/\s]+\.ko(?:\.\w+)?):/.exec(line)?.[1];
    if (path?.includes(wanted)) paths.push(path);
  }
  return paths;
}

/** Path of each module that a package owns → its CPV. With /lib a symlink, CONTENTS may say /usr/lib. */
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
  owners: ReadonlyMap<string, string>,
  indexed: (path: string) => boolean | null,
): ModulePlace {
  const owner = owners.get(path) ?? null;
  const inTree = owner === null && /^\/lib\/modules\/[^/]+\/kernel\//.test(path);
  return { owner, inTree, indexed: indexed(path) };
}

/** modules.dep has a line for each module that it knows: its path below the release, a colon, what it needs. */
function isIndexed(index: string, path: string): boolean {
  return index.startsWith(`${path}:`) || index.includes(`\n${path}:`);
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
  // Of several of one name depmod lists the one that it prefers.
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

/** Names of the modules that packages own or that are aufs: those whose loaded state matters. */
export function namesOfInterest(portage: PortageFacts, releases: readonly ReleaseFiles[]): Set<string> {
  const owned = portage.packages.flatMap(({ modules }) => modules.map(({ path }) => moduleName(path)));
  const found = releases.flatMap(({ modules }) => modules.map(({ name }) => name));
  return new Set(['aufs', ...owned, ...found]);
}
