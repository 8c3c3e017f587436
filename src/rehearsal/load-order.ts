import { moduleName } from '../model/module-name.ts';
import { type Alias, modulesOfAlias, readAliases } from './aliases.ts';
import { readSoftDependencies, softDependencyOf } from './soft-dependencies.ts';

/** The modules that modprobe loads before a module, according to depmod's indices and modprobe.d. */
export interface LoadOrder {
  /** Paths below the release's directory, in load order, the module itself last. */
  of(path: string): readonly string[];
  /** Path of the module with this name; null: depmod lists none. */
  pathOf(name: string): string | null;
}

export interface LoadOrderTexts {
  readonly dep: string;
  /** Texts with `softdep` lines, in the order in which kmod reads them. */
  readonly softdeps: readonly string[];
  /** Texts with `alias` lines of modprobe.d. */
  readonly aliases: readonly string[];
  /** modules.alias, one or two MB. Read only if a soft dependency does not name a module. */
  indexedAliases(): string;
  /** modules.symbols, for names such as `symbol:NAME`. */
  symbols(): string;
}

/** Limit of the modules loaded for one; more than twenty are rare. */
const CHAIN_MAX = 200;

/** The order of kmod's probe list (libkmod-module.c). A path that points out of the directory is left out. */
export function loadOrder(texts: LoadOrderTexts): LoadOrder {
  const needs = new Map(texts.dep.split('\n').flatMap(readDep));
  const byName = new Map([...needs.keys()].map((path) => [moduleName(path), path]));
  const soft = texts.softdeps.flatMap(readSoftDependencies);
  const ownAliases = texts.aliases.flatMap(readAliases);
  const indexed = once(() => readAliases(texts.indexedAliases()));
  const symbols = once(() => readAliases(texts.symbols()));
  const meant = new Map<string, readonly string[]>();

  return { of: chainOf, pathOf: (name) => byName.get(moduleName(name)) ?? null };

  function chainOf(wanted: string): string[] {
    const order: string[] = [];
    const visited = new Set<string>();
    probe(wanted);
    const end = order.indexOf(wanted);
    // Modules that are loaded after it do not matter.
    return end === -1 ? [...order, wanted] : order.slice(0, end + 1);

    function probe(path: string): void {
      if (visited.has(path)) return;
      visited.add(path);
      // modules.dep lists all direct and indirect dependencies; the one to load first is last.
      for (const other of (needs.get(path) ?? []).toReversed()) insert(other);
      insert(path);
    }

    /** Soft dependencies may form a circle: each module is probed once. */
    function insert(path: string): void {
      if (order.includes(path) || order.length >= CHAIN_MAX) return;
      const { before, behind } = softDependencyOf(soft, moduleName(path));
      for (const name of before) for (const other of pathsOf(name)) probe(other);
      if (!order.includes(path)) order.push(path);
      for (const name of behind) for (const other of pathsOf(name)) probe(other);
    }
  }

  /** Paths of the modules that a name stands for: kmod_module_new_from_lookup(). A built-in module has no path. */
  function pathsOf(name: string): readonly string[] {
    const known = meant.get(name);
    if (known !== undefined) return known;
    const found = lookUp(name);
    meant.set(name, found);
    return found;
  }

  function lookUp(name: string): string[] {
    const configured = modulesOfAlias(ownAliases, name);
    if (configured.length > 0) return filesOf(configured);
    const path = name.includes(':') ? undefined : byName.get(name.replaceAll('-', '_'));
    if (path !== undefined) return [path];
    const bySymbol = name.startsWith('symbol:') ? modulesOfAlias(symbols(), name) : [];
    return filesOf(bySymbol.length > 0 ? bySymbol : modulesOfAlias(indexed(), name));
  }

  function filesOf(names: readonly string[]): string[] {
    return names.flatMap((name) => byName.get(name) ?? []);
  }
}

function once(read: () => Alias[]): () => Alias[] {
  let value: Alias[] | null = null;
  return () => {
    value ??= read();
    return value;
  };
}

function readDep(line: string): [string, string[]][] {
  const colon = line.indexOf(':');
  if (colon <= 0) return [];
  const paths = [line.slice(0, colon), ...line.slice(colon + 1).split(' ')].filter((word) => word !== '');
  if (paths.some((path) => path.startsWith('/') || path.split('/').includes('..'))) return [];
  const [path = '', ...needed] = paths;
  return [[path, needed]];
}
