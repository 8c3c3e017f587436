import { fnmatch } from '../system/modules/fnmatch.ts';

/** An alias and its module, both as written in the file. */
export type Alias = readonly [pattern: string, module: string];

/** The lines `alias PATTERN MODULE` of modules.alias, of modules.symbols, or of a file of modprobe.d. */
export function readAliases(text: string): Alias[] {
  return text.split('\n').flatMap((line): Alias[] => {
    if (!/^alias[ \t]/.test(line)) return [];
    const [, pattern = '', module = ''] = line.split(/[ \t]+/);
    return module === '' ? [] : [[pattern, module]];
  });
}

/** Modules whose alias matches a name, in the order of the file, each once. */
export function modulesOfAlias(aliases: readonly Alias[], name: string): string[] {
  const plainName = normalized(name);
  if (plainName === null) return [];
  const fitting = aliases.filter(([pattern]) => {
    // Fast path: most of some twenty thousand patterns differ in their first letter.
    if (pattern[0] !== plainName[0] && !SPECIAL.has(pattern[0] ?? '')) return false;
    const plain = normalized(pattern);
    return plain !== null && fnmatch(plain, plainName);
  });
  return [...new Set(fitting.map(([, module]) => module.replaceAll('-', '_')))];
}

const SPECIAL = new Set(['*', '?', '[', '\\', '-']);

/**
 * alias_normalize() of kmod: replaces `-` by `_`, except within brackets. null: the brackets do not match, so kmod does not
 * look the alias up.
 */
function normalized(alias: string): string | null {
  let plain = '';
  for (let at = 0; at < alias.length; at++) {
    const char = alias[at];
    if (char === ']') return null;
    if (char !== '[') {
      plain += char === '-' ? '_' : char;
      continue;
    }
    const end = alias.indexOf(']', at);
    if (end === -1) return null;
    plain += alias.slice(at, end + 1);
    at = end;
  }
  return plain;
}
