import { fnmatch } from '../system/modules/fnmatch.ts';

/** An alias, and the module that it stands for, both as they are written. */
export type Alias = readonly [pattern: string, module: string];

/** The lines `alias PATTERN MODULE` of modules.alias, of modules.symbols, or of a file of modprobe.d. */
export function readAliases(text: string): Alias[] {
  return text.split('\n').flatMap((line): Alias[] => {
    if (!/^alias[ \t]/.test(line)) return [];
    const [, pattern = '', module = ''] = line.split(/[ \t]+/);
    return module === '' ? [] : [[pattern, module]];
  });
}

/** Modules whose alias fits a name, in the order in which they are written, each once. */
export function modulesOfAlias(aliases: readonly Alias[], name: string): string[] {
  const asked = normalized(name);
  if (asked === null) return [];
  const fitting = aliases.filter(([pattern]) => {
    // Of some twenty thousand most differ in their first letter.
    if (pattern[0] !== asked[0] && !SPECIAL.has(pattern[0] ?? '')) return false;
    const plain = normalized(pattern);
    return plain !== null && fnmatch(plain, asked);
  });
  return [...new Set(fitting.map(([, module]) => module.replaceAll('-', '_')))];
}

const SPECIAL = new Set(['*', '?', '[', '\\', '-']);

/**
 * alias_normalize() of kmod: `_` for `-`, but within brackets. null: a bracket that opens or closes nothing, which kmod
 * does not look up.
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
