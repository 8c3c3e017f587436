import { moduleName } from '../../model/module-name.ts';

/** Is a module of this name in the text of modules.dep, modules.builtin or modules.order? */
export function hasModule(index: string, name: string): boolean {
  return !placesOfName(index, name).next().done;
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
  const path = /^([^\s/][^\s:]*\.ko(?:\.\w+)?):/.exec(text)?.[1] ?? null;
  return path === null || path.split('/').includes('..') ? null : path;
}
