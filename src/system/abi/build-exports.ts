import type { ExportTable, KernelExport } from '../../model/abi.ts';
import { type Fact, known, mapFact, unknown, valueOr } from '../../model/fact.ts';
import { MIB } from '../open-file.ts';
import type { Root } from '../root.ts';
import { stretchesOfLines } from '../stretches.ts';
import { withModuleExports } from './exports-of-modules.ts';
import { exportsFromSymvers } from './symvers.ts';
import { readSymbolMap } from './system-map.ts';

/** The exports of the kernel in a build directory, and the file that lists them. */
export interface BuildExports {
  readonly source: string;
  readonly table: Fact<ExportTable>;
}

const LIMIT = 64 * MIB;

/**
 * The wanted symbols that the kernel linked in `directory` exports.
 *
 * Module.symvers does not always belong to that kernel: `make vmlinux` and `make bzImage` link a new kernel and leave
 * the file of the previous build. In every version modpost reads vmlinux.o, so a list belongs to it if it is not
 * older. Since 5.8 the link writes vmlinux.symvers, which lists vmlinux only. Before 5.8, modpost kept the mtime of
 * an unchanged list, so System.map must decide. System.map is also used if vmlinux.o is newer than it: then the link
 * failed, and the existing kernel is the previous one.
 *
 * The exports of modules are read from Module.symvers only if that belongs to this kernel, else from depmod's index.
 */
export function readBuildExports(
  root: Root,
  directory: string,
  release: Fact<string>,
  wanted: ReadonlySet<string>,
): BuildExports {
  const all = `${directory}/Module.symvers`;
  const ofVmlinux = `${directory}/vmlinux.symvers`;
  const map = `${directory}/System.map`;
  const agrees = () => agree(readList(root, all, wanted), readMap(root, map, wanted));
  switch (whichTells(root, directory, agrees)) {
    case 'all':
      return { source: all, table: mapFact(readList(root, all, wanted), asTable('symvers')) };
    case 'vmlinux': {
      const symbols = readList(root, ofVmlinux, wanted);
      return { source: ofVmlinux, table: mapFact(withModules(symbols), asTable('symvers')) };
    }
    case 'map':
      return { source: map, table: mapFact(withModules(readMap(root, map, wanted)), asTable('system-map')) };
  }

  function withModules(symbols: Fact<Symbols>): Fact<Symbols> {
    return withModuleExports(root, valueOr(release, ''), symbols, wanted);
  }
}

type Symbols = Readonly<Record<string, KernelExport>>;

/**
 * Which file lists the exports, by the times of the products. Without vmlinux.o, a list that contradicts System.map
 * does not belong to the kernel.
 */
function whichTells(root: Root, directory: string, agrees: () => boolean): 'all' | 'vmlinux' | 'map' {
  const [all, ofVmlinux, map, linked] = ['Module.symvers', 'vmlinux.symvers', 'System.map', 'vmlinux.o'].map(
    (name) => {
      const stat = root.stat(`${directory}/${name}`);
      return stat.known && stat.value.type === 'file' ? stat.value.mtime : null;
    },
  );
  if (all === null || all === undefined) return isThere(ofVmlinux) ? 'vmlinux' : 'all';
  if (isThere(linked)) {
    if (isThere(map) && linked > map) return 'map';
    if (all >= linked) return 'all';
    if (isThere(ofVmlinux) && ofVmlinux >= linked) return 'vmlinux';
    return isThere(map) ? 'map' : 'all';
  }
  if (isThere(ofVmlinux) && ofVmlinux > all) return 'vmlinux';
  return isThere(map) && map > all && !agrees() ? 'map' : 'all';
}

function isThere(mtime: number | null | undefined): mtime is number {
  return mtime !== null && mtime !== undefined;
}

/** Do both list the same exports of vmlinux? A map without exports contradicts nothing. */
function agree(list: Fact<Symbols>, map: Fact<Symbols>): boolean {
  if (!list.known || !map.known) return true;
  const ofVmlinux = Object.entries(list.value).filter(([, { from }]) => from === 'vmlinux');
  return (
    ofVmlinux.length === Object.keys(map.value).length &&
    ofVmlinux.every(([name]) => Object.hasOwn(map.value, name))
  );
}

function asTable(kind: ExportTable['kind']): (symbols: Symbols) => ExportTable {
  return (symbols) => ({ kind, symbols });
}

function readList(root: Root, path: string, wanted: ReadonlySet<string>): Fact<Symbols> {
  return root.withFile(path, (file) => {
    if (file.stat.size > LIMIT) return unknown('too-large', `${path} is larger than ${LIMIT} bytes`);
    const found: Record<string, KernelExport> = {};
    for (const bytes of stretchesOfLines(file)) Object.assign(found, exportsFromSymvers(bytes, wanted));
    return known(found);
  });
}

function readMap(root: Root, path: string, wanted: ReadonlySet<string>): Fact<Symbols> {
  const map = mapFact(root.readBytes(path, LIMIT), (bytes) => readSymbolMap(bytes, wanted, new Set()));
  return map.known ? map.value.exports : map;
}
