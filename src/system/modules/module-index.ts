import { moduleName } from '../../model/module-name.ts';

/** Is a module of this name in the text of modules.dep, modules.builtin or modules.order? */
export function hasModule(index: string, name: string): boolean {
  return !placesOfName(index, name).next().done;
}

/** Lookups in the text of modules.dep. */
export interface IndexLookup {
  /** Paths of this module name that begin a line. */
  paths(name: string): readonly string[];
  /** Does this path begin a line? */
  has(path: string): boolean;
}

/** For more names than this, reading each line once takes less time than a search for each name. */
const FEW = 64;

/** A lookup in the text of modules.dep, for about `names` names. */
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
/** Matches of one name: a module that hundreds of others need occurs as often. */
const MATCHES_MAX = 10_000;

/** The paths of this module name that begin a line of modules.dep. */
export function indexedPaths(index: string, name: string): string[] {
  const found: string[] = [];
  let matches = 0;
  for (const { at, length } of placesOfName(index, name)) {
    if (matches++ === MATCHES_MAX) break;
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
 * The positions of a file name in paths of such a text. For kmod `-` and `_` are equal, each occurrence by itself
 * (`poly1305-x86_64`). The search leaves out the slash before the name: each line has several, which would slow it.
 */
function* placesOfName(index: string, name: string): Generator<Place> {
  const parts = name.split(/[-_]/);
  const length = name.length + '.ko'.length;
  // A name with at most one of them has two spellings. To search for both is ten times as fast.
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

/** The path at the beginning of a line, if the match at `at` is a part of it. */
function keyAround(index: string, at: number, length: number): string | null {
  const before = index.slice(Math.max(0, at - PATH_MAX), at);
  const line = before.lastIndexOf('\n');
  if (line === -1 && at > PATH_MAX) return null;
  const text = `${before.slice(line + 1)}${index.slice(at, at + length + 8)}`;
  return keyOf(text);
}

/** null: the line does not begin with the path of a module inside the release. */
function keyOf(line: string): string | null {
  const path = /^([^\s/][^\s:]*\.ko(?:\.\w+)?):/.exec(line)?.[1] ?? null;
  return path === null || path.split('/').includes('..') ? null : path;
}
