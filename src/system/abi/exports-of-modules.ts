import type { KernelExport } from '../../model/abi.ts';
import { type Fact, mapFact } from '../../model/fact.ts';
import type { ModuleExport } from '../../model/module.ts';
import { releaseAtLeast } from '../../model/release-version.ts';
import { lazy } from '../lazy.ts';
import { indexedPaths } from '../modules/module-index.ts';
import { readModuleSymbols } from '../modules/module-symbols.ts';
import { readModule } from '../modules/read-module.ts';
import { MIB } from '../open-file.ts';
import type { Root } from '../root.ts';

type Symbols = Readonly<Record<string, KernelExport>>;

/**
 * A symbol map and the image list the exports of vmlinux, not those of the kernel's own modules. For the other wanted
 * symbols, depmod's index names the module and the module itself has the CRC. Without an index they stay in the table
 * with an empty `from`. Before 5.4 there were no namespaces.
 */
export function withModuleExports(
  root: Root,
  release: string,
  exports: Fact<Symbols>,
  wanted: ReadonlySet<string>,
): Fact<Symbols> {
  return mapFact(exports, (ofKernel) => {
    const missing = new Set([...wanted].filter((name) => !Object.hasOwn(ofKernel, name)));
    const namespace = releaseAtLeast(release, 5, 4) === false ? '' : null;
    const all: Record<string, KernelExport> = {};
    for (const [name, found] of Object.entries(ofKernel))
      all[name] = { ...found, namespace: found.namespace ?? namespace };
    if (missing.size === 0) return all;
    const modules = readModuleSymbols(root, release, missing);
    const exportsOf = openModules(root, release);
    for (const name of missing) {
      const from = modules.known ? modules.value.get(name) : '';
      if (from === undefined) continue;
      const own = from === '' ? undefined : exportsOf(from).get(name);
      all[name] =
        own === undefined ? { crc: null, gplOnly: null, namespace, from } : { ...exported(own), from };
    }
    return all;
  });
}

function exported({ crc, gplOnly, namespace }: ModuleExport): Omit<KernelExport, 'from'> {
  return { crc, gplOnly, namespace };
}

const INDEX_MAX = 8 * MIB;
/** Modules of packages need a dozen of the kernel's own. */
const READ_MAX = 512;

/**
 * Returns the exports of a module of this release, by symbol; empty if the module does not exist. Each module is read
 * once.
 */
function openModules(root: Root, release: string): (name: string) => ReadonlyMap<string, ModuleExport> {
  const directory = `/lib/modules/${release}`;
  const index = lazy(() => root.readText(`${directory}/modules.dep`, INDEX_MAX));
  const read = new Map<string, ReadonlyMap<string, ModuleExport>>();
  return (name) => {
    const before = read.get(name);
    if (before !== undefined) return before;
    const found = read.size < READ_MAX && !root.expired() ? exportsIn(name) : NOTHING;
    read.set(name, found);
    return found;
  };

  function exportsIn(name: string): ReadonlyMap<string, ModuleExport> {
    const text = index();
    const path = text.known ? indexedPaths(text.value, name)[0] : undefined;
    if (path === undefined) return NOTHING;
    const file = readModule(root, `${directory}/${path}`, { owner: null, inTree: true, indexed: true });
    if (!file.known || !file.value.info.known) return NOTHING;
    return new Map(file.value.info.value.exports.map((symbol) => [symbol.name, symbol]));
  }
}

const NOTHING: ReadonlyMap<string, ModuleExport> = new Map();
