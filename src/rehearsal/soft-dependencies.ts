import { fnmatch } from '../system/modules/fnmatch.ts';

/** `softdep NAME pre: A B post: C`: modules that are loaded before and after NAME, if they exist. */
export interface SoftDependency {
  /** An fnmatch pattern, with `_` for `-`. */
  readonly of: string;
  /** Names of modules or aliases. */
  readonly before: readonly string[];
  readonly behind: readonly string[];
}

const NOTHING: SoftDependency = { of: '', before: [], behind: [] };

/** The soft dependencies of modules.softdep or of a file of modprobe.d, in the order of the file. */
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

/** The soft dependency of a module: kmod takes the first one that matches its name (libkmod-module.c). */
export function softDependencyOf(all: readonly SoftDependency[], name: string): SoftDependency {
  return all.find((each) => fnmatch(each.of, name)) ?? NOTHING;
}
