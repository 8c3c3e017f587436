import { fnmatch } from '../system/modules/fnmatch.ts';

/** `softdep NAME pre: A B post: C`: what is loaded before and behind a module, where it is there. */
export interface SoftDependency {
  /** A pattern (fnmatch), with `_` for `-`. */
  readonly of: string;
  /** Names of modules or aliases. */
  readonly before: readonly string[];
  readonly behind: readonly string[];
}

const NOTHING: SoftDependency = { of: '', before: [], behind: [] };

/** Those of modules.softdep or of a file of modprobe.d, in their order. */
export function readSoftDependencies(text: string): SoftDependency[] {
  return text.split('\n').flatMap((line): SoftDependency[] => {
    const [, name = '', ...words] = /^softdep[ \t]/.test(line) ? line.trim().split(/[ \t]+/) : [];
    if (name === '') return [];
    const found = { before: [] as string[], behind: [] as string[] };
    let list: string[] | null = null;
    for (const word of words) {
      if (word === 'pre:') list = found.before;
      else if (word === 'post:') list = found.behind;
      else list?.push(word);
    }
    return [{ of: name.replaceAll('-', '_'), ...found }];
  });
}

/** What is written of a module: kmod takes the first that fits its name, and no other (libkmod-module.c). */
export function softDependencyOf(all: readonly SoftDependency[], name: string): SoftDependency {
  return all.find((each) => fnmatch(each.of, name)) ?? NOTHING;
}
