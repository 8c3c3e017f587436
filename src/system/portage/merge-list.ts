import type { Merge } from '../../model/merge.ts';
import { kindsByName } from './kinds.ts';
import { splitPackageName } from './package-name.ts';

/** What a list says of a merge. Its kinds are those that the name tells. */
export interface MergeList {
  readonly merges: readonly Merge[];
  /** Packages that block each other: emerge would not begin. For a person, one line each. */
  readonly blockers: readonly string[];
}

/** More packages than any machine has: reading ends behind them. */
export const MERGES_MAX = 10_000;
const LINES_MAX = 20_000;
const LINE_MAX = 16 * 1024;

/**
 * Reads what `emerge --pretend` prints (lib/_emerge/resolver/output.py), with --verbose and --columns or without, what
 * `emerge --pretend --unmerge` and `--depclean` print, and lists of one package a line, as `CATEGORY/PF` or
 * `=CATEGORY/PF:SLOT`. Everything else is passed over. Of a list that is too long there are more than MERGES_MAX merges.
 */
export function parseMergeList(text: string): MergeList {
  const merges = new Map<string, Merge>();
  const blockers: string[] = [];
  for (const line of text.split('\n', LINES_MAX)) {
    if (merges.size > MERGES_MAX) break;
    if (line.length > LINE_MAX) continue;
    const plain = withoutColours(line).trimEnd();
    if (/^\[blocks +B/.test(plain)) blockers.push(plain.replace(/^\[[^\]]*\] */, ''));
    // In --tree a package can stand twice, and it is merged once.
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

/** What follows the brackets of a line: the package, and with --verbose its USE flags. */
function entryOf(rest: string): Omit<Merge, 'what' | 'binary'>[] {
  const columns = /^([\w+.-]+\/[\w+-]+) +\[([^\] ]+)\]/.exec(rest);
  const isColumns = columns !== null && packageOf(columns[1] ?? '').length === 0;
  const word = isColumns ? `${columns[1]}-${columns[2]}` : (rest.split(' ', 1)[0] ?? '');
  const flags = /(?:^| )USE="([^"]*)"/.exec(rest)?.[1];
  return packageOf(word).map((found) => ({ ...found, use: flags === undefined ? null : enabled(flags) }));
}

/** `CATEGORY/PF:SLOT/SUBSLOT::REPOSITORY`; a binary package can have a build number behind its version. */
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

/** `symlink%* -build (-aufs)`: signs of what changes stand behind a flag, those that are forced in brackets. */
function enabled(flags: string): string[] {
  return flags
    .split(' ')
    .map((flag) => flag.replace(/[()%*{}]/g, ''))
    .filter((flag) => flag !== '' && !flag.startsWith('-'));
}

/** Sources of kernels are named so; linux-headers are not. */
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
