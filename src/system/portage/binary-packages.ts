import { type Fact, known } from '../../model/fact.ts';
import type { Root } from '../root.ts';
import { splitWords } from '../shell-assignments.ts';
import { readMakeConf } from './make-conf.ts';

/**
 * Does emerge use binary packages by default: --usepkg (-k) or --getbinpkg (-g) in EMERGE_DEFAULT_OPTS, or
 * `getbinpkg` in FEATURES (emerge(1), make.conf(5))? Unknown if make.conf cannot be read.
 */
export function takesBinaryPackages(root: Root): Fact<boolean> {
  let options = '';
  let features = '';
  for (const file of readMakeConf(root)) {
    if (!file.known && file.code !== 'missing') return file;
    if (!file.known) continue;
    options = file.value.get('EMERGE_DEFAULT_OPTS') ?? options;
    // FEATURES is incremental: a later file adds to it (make.conf(5)).
    features = `${features} ${file.value.get('FEATURES') ?? ''}`;
  }
  return known(inOptions(splitWords(options)) || inFeatures(splitWords(features)));
}

const SHORT: ReadonlyMap<string, string> = new Map([
  ['k', 'usepkg'],
  ['g', 'getbinpkg'],
]);

/** Both options may be followed by y or n, also in the next word. The last one of an option counts. */
function inOptions(words: readonly string[]): boolean {
  const taken = new Map<string, boolean>();
  for (const [at, word] of words.entries()) {
    const [, long, value] = /^--(usepkg|getbinpkg)(?:=(.*))?$/.exec(word) ?? [];
    const letters = /^-[A-Za-z\d]+$/.test(word) ? [...word] : [];
    const names = [long, ...letters.map((letter) => SHORT.get(letter))];
    for (const name of names) if (name !== undefined) taken.set(name, (value ?? words[at + 1]) !== 'n');
  }
  return [...taken.values()].includes(true);
}

function inFeatures(words: readonly string[]): boolean {
  return words.lastIndexOf('getbinpkg') > Math.max(words.lastIndexOf('-getbinpkg'), words.lastIndexOf('-*'));
}
