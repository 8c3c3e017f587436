import type { ModuleExport, ModuleImport } from '../../model/module.ts';
import type { Root } from '../root.ts';
import { v8 } from '../seldom.ts';

/**
 * The symbols of all modules of one scan. Modules that were built for one kernel import the same symbols with the
 * same CRCs: each is held once, also in what is sent to another process. The size is limited, because a file can
 * claim any number of symbols.
 */
export interface SymbolRoom {
  /** The shared object of this import; null: there is no room for it. */
  import(name: string, crc: number | null, weak: boolean): ModuleImport | null;
  /** The shared object of this export; null: there is no room for it. */
  export(symbol: ModuleExport): ModuleExport | null;
  /** May another elliptic-curve signature be checked? One takes some 6 ms. */
  curve(): boolean;
}

export interface RoomSize {
  /** Different symbols: 5,000 modules of three kernels have 40,000. */
  readonly different: number;
  /** All symbols, counted once per module. */
  readonly all: number;
  /** Characters in the names of the different symbols. */
  readonly characters: number;
}

const SIZE: RoomSize = { different: 150_000, all: 1_500_000, characters: 6_000_000 };

/** Enough for twenty packages of modules for some kernels each. */
const CURVES_MAX = 256;
/** From this number of symbols on, garbage is collected sooner. */
const MUCH = 20_000;

const rooms = new WeakMap<Root, SymbolRoom>();

/** The symbols of the scan that this root was opened for. */
export function symbolRoom(root: Root): SymbolRoom {
  const known = rooms.get(root);
  if (known !== undefined) return known;
  const room = openSymbolRoom();
  rooms.set(root, room);
  return room;
}

export function openSymbolRoom(size: RoomSize = SIZE): SymbolRoom {
  const imports = new Map<string, ModuleImport[]>();
  const exports = new Map<string, ModuleExport[]>();
  let curves = 0;
  let different = 0;
  let all = 0;
  let characters = 0;
  return {
    import: (name, crc, weak) =>
      shared(
        imports,
        name,
        (other) => other.crc === crc && other.weak === weak,
        () => ({ name, crc, weak }),
      ),
    export: (symbol) =>
      shared(
        exports,
        symbol.name,
        ({ crc, gplOnly, namespace }) =>
          crc === symbol.crc && gplOnly === symbol.gplOnly && namespace === symbol.namespace,
        () => symbol,
      ),
    curve: () => ++curves <= CURVES_MAX,
  };

  function shared<T>(
    table: Map<string, T[]>,
    name: string,
    is: (other: T) => boolean,
    make: () => T,
  ): T | null {
    if (all >= size.all) return null;
    all++;
    if (all === MUCH) collectSoon();
    const others = table.get(name);
    const known = others?.find(is);
    if (known !== undefined) return known;
    if (different >= size.different || characters + name.length > size.characters) return null;
    different++;
    characters += name.length;
    const made = make();
    if (others === undefined) table.set(name, [made]);
    else others.push(made);
    return made;
  }
}

/**
 * From now on V8 collects garbage earlier, at some cost of time. Without it, a scan of thousands of modules takes 100
 * MB more. On most machines it would only cost time.
 */
function collectSoon(): void {
  v8().setFlagsFromString('--optimize-for-size');
}
