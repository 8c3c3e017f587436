import type { Merge } from '../../model/merge.ts';
import { kindsByName } from './kinds.ts';
import { splitPackageName } from './package-name.ts';

/** The merges in a list, with the kinds that the names determine. */
export interface MergeList {
  readonly merges: readonly Merge[];
  /** Packages that block each other, so emerge would not begin. For a person, one line each. */
  readonly blockers: readonly string[];
}

/** More packages than any machine has. Reading stops after them. */
export const MERGES_MAX = 10_000;
const LINES_MAX = 20_000;
const LINE_MAX = 16 * 1024;

/**
 * Parses the output of `emerge --pretend` (lib/_emerge/resolver/output.py), with or without --verbose and --columns,
 * and of `emerge --pretend --unmerge` and `--depclean`; also lists of one package per line, as `CATEGORY/PF` or
 * `=CATEGORY/PF:SLOT`. Other lines are skipped. A list that is too long returns more than MERGES_MAX merges.
 */
export function parseMergeList(text: string): MergeList {
  const merges = new Map<string, Merge>();
  const blockers: string[] = [];
  for (const line of text.split('\n', LINES_MAX)) {
    if (merges.size > MERGES_MAX) break;
    if (line.length > LINE_MAX) continue;
    const plain = withoutColours(line).trimEnd();
    if (/^\[blocks +B/.test(plain)) blockers.push(plain.replace(/^\[[^\]]*\] */, ''));
    // With --tree a package can be listed twice, and is merged once.
    for (const merge of mergesIn(plain)) merges.set(`${merge.what} ${merge.cpv}`, merge);
  }
  return { merges: [...merges.values()], blockers };
}

function mergesIn(line: string): Merge[] {
  const entry = /^\[(ebuild|binary|uninstall)\b[^\]]*\] *(.*)$/.exec(line);
  if (entry !== null) {
    const [, type = '', rest = ''] = entry;
    const what = type === 'uninstall' ? ('removed' as const) : ('merged' as const);
    return entryOf(rest).map((found) => ({ ...found, what, binary: type === 'binary' }));
  }
  const removed = /^All selected packages: (.*)$/.exec(line);
  if (removed !== null) {
    return (removed[1] ?? '')
      .split(' ')
      .flatMap((word) => packageOf(word.replace(/^=/, '')))
      .map((found) => ({ ...found, what: 'removed' as const, use: null, binary: false }));
  }
  return packageOf(line.trim().replace(/^=/, '')).map((found) => ({
    ...found,
    what: 'merged' as const,
    use: null,
    binary: false,
  }));
}

/** The text after the brackets of a line: the package, and with --verbose its USE flags. */
function entryOf(rest: string): Omit<Merge, 'what' | 'binary'>[] {
  const columns = /^([\w+.-]+\/[\w+-]+) +\[([^\] ]+)\]/.exec(rest);
  const isColumns = columns !== null && packageOf(columns[1] ?? '').length === 0;
  const word = isColumns ? `${columns[1]}-${columns[2]}` : (rest.split(' ', 1)[0] ?? '');
  const flags = /(?:^| )USE="([^"]*)"/.exec(rest)?.[1];
  return packageOf(word).map((found) => ({ ...found, use: flags === undefined ? null : enabled(flags) }));
}

/** `CATEGORY/PF:SLOT/SUBSLOT::REPOSITORY`; the version of a binary package can be followed by a build number. */
function packageOf(word: string): Omit<Merge, 'what' | 'binary' | 'use'>[] {
  const found = packageIn(word);
  return found.length > 0 ? found : packageIn(word.replace(/-\d{1,9}(?=:|$)/, ''));
}

function packageIn(word: string): Omit<Merge, 'what' | 'binary' | 'use'>[] {
  const match =
    /^([A-Za-z0-9_][\w+.-]{0,63})\/([\w+.-]{1,255})(?::([\w+.-]+)(?:\/[\w+.-]+)?)?(?:::[\w-]+)?$/.exec(word);
  const [, category = '', pf = '', slot = null] = match ?? [];
  const name = match === null ? null : splitPackageName(pf);
  if (name === null) return [];
  return [{ cpv: `${category}/${pf}`, category, ...name, slot, kinds: kindsOfName(category, name.name) }];
}

/** `symlink%* -build (-aufs)`: signs of a change follow a flag; forced flags are in parentheses. */
function enabled(flags: string): string[] {
  return flags
    .split(' ')
    .map((flag) => flag.replace(/[()%*{}]/g, ''))
    .filter((flag) => flag !== '' && !flag.startsWith('-'));
}

/** Kernel sources have such names; linux-headers do not. */
function kindsOfName(category: string, name: string): Merge['kinds'] {
  const byName = kindsByName(category, name);
  if (byName.length > 0 || category !== 'sys-kernel') return byName;
  if (name.endsWith('-sources')) return ['kernel-sources'];
  return /-kernel(?:-bin)?$/.test(name) ? ['dist-kernel'] : [];
}

function withoutColours(line: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the colours of a terminal
  return line.replace(/\u001b\[[\d;]*m/g, '');
}
