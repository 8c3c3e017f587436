import { moduleName } from '../../model/module-name.ts';

/** Is a module of this name in the text of modules.dep, modules.builtin or modules.order? */
export function hasModule(index: string, name: string): boolean {
  return !placesOfName(index, name).next().done;
}

/** What a text of modules.dep tells of modules. */
export interface IndexLookup {
  /** Paths of this name that begin a line. */
  paths(name: string): readonly string[];
  /** Is this path one? */
  has(path: string): boolean;
}

/** With more names than this, to read each line once takes less time than to search for each name. */
const FEW = 64;

/** A way to look so many names up in a text of modules.dep. */
export function lookupIn(index: string, names: number): IndexLookup {
  if (names <= FEW)
    return {
      paths: (name) => indexedPaths(index, name),
      has: (path) => index.startsWith(`${path}:`) || index.includes(`\n${path}:`),
    };
  const byName = new Map<string, Set<string>>();
  for (const line of index.split('\n')) {
    const path = keyOf(line);
    if (path === null) continue;
    const name = moduleName(path);
    byName.set(name, (byName.get(name) ?? new Set()).add(path));
  }
  return {
    paths: (name) => [...(byName.get(name.replaceAll('-', '_')) ?? [])],
    has: (path) => byName.get(moduleName(path))?.has(path) === true,
  };
}

const PATH_MAX = 512;
/** A module that hundreds of others need is named as often. */
const LOOKS_MAX = 10_000;

/** Paths of this name that begin a line of modules.dep. */
export function indexedPaths(index: string, name: string): string[] {
  const found: string[] = [];
  let looks = 0;
  for (const { at, length } of placesOfName(index, name)) {
    if (looks++ === LOOKS_MAX) break;
    const path = keyAround(index, at, length);
    if (path !== null && moduleName(path) === name.replaceAll('-', '_')) found.push(path);
  }
  return found;
}

interface Place {
  readonly at: number;
  readonly length: number;
}

/**
 * Where a path in such a text names a file of this name. kmod takes `-` and `_` for the same, each for itself
 * (`poly1305-x86_64`). The slash before the name is not searched for: there are several in each line, which would hold up
 * the search.
 */
function* placesOfName(index: string, name: string): Generator<Place> {
  const parts = name.split(/[-_]/);
  const length = name.length + '.ko'.length;
  // Of a name with at most one of them there are two spellings, and to search for these is ten times as fast.
  if (parts.length <= 2) {
    for (const file of new Set([`${parts.join('_')}.ko`, `${parts.join('-')}.ko`]))
      for (let at = index.indexOf(file); at >= 0; at = index.indexOf(file, at + 1))
        if (isWhole(index, at)) yield { at, length };
    return;
  }
  const pattern = new RegExp(`${parts.map(escaped).join('[-_]')}\\.ko`, 'g');
  for (let match = pattern.exec(index); match !== null; match = pattern.exec(index))
    if (isWhole(index, match.index)) yield { at: match.index, length };
}

function isWhole(index: string, at: number): boolean {
  return at === 0 || /[/\n\s]/.test(index[at - 1] ?? '');
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

/** The path at the beginning of a line, where what was found at `at` is a part of it. */
function keyAround(index: string, at: number, length: number): string | null {
  const before = index.slice(Math.max(0, at - PATH_MAX), at);
  const line = before.lastIndexOf('\n');
  if (line === -1 && at > PATH_MAX) return null;
  const text = `${before.slice(line + 1)}${index.slice(at, at + length + 8)}`;
  return keyOf(text);
}

/** null: the line does not begin with the path of a module below the release. */
function keyOf(line: string): string | null {
  const path = /^([^\s/][^\s:]*\.ko(?:\.\w+)?):/.exec(line)?.[1] ?? null;
  return path === null || path.split('/').includes('..') ? null : path;
}
