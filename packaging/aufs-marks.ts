/**
 * `npm run marks -- REPOSITORY...`: writes src/system/sources/marker-table.ts from every set in the history of
 * clones of aufs3-, aufs4- and aufs-standalone. Only paths, names and dates are taken from them.
 */
import { writeFileSync } from 'node:fs';
import { PATCH_COMPONENTS } from '../src/model/patch-component.ts';
import { type Fact, factsOf } from './facts-of-set.ts';
import { type ReleasedSet, readReleasedSets } from './released-sets.ts';

const TABLE = 'src/system/sources/marker-table.ts';

process.exitCode = main(process.argv.slice(2));

function main(repositories: readonly string[]): number {
  if (repositories.length === 0) {
    process.stderr.write('usage: npm run marks -- REPOSITORY...\n');
    return 64;
  }
  const sets = readReleasedSets(repositories).filter(({ branch }) =>
    /^\d+\.\d+(\.(\d+|x))?\+?$/.test(branch),
  );
  const editions = editionsOf(sets);
  writeFileSync(TABLE, tableText(editions));
  process.stdout.write(`${sets.length} sets, ${editions.length} editions: ${TABLE}\n`);
  return 0;
}

/** Consecutive sets of a branch that leave the same marks. */
interface Edition {
  readonly branch: string;
  /** The day of the first set. */
  readonly day: number;
  readonly facts: ReadonlySet<Fact>;
}

function editionsOf(sets: readonly ReleasedSet[]): readonly Edition[] {
  const editions: Edition[] = [];
  const sorted = sets.toSorted((a, b) => compareBranches(a.branch, b.branch) || a.day - b.day);
  for (const set of sorted) {
    const facts = new Set(factsOf(set));
    const last = editions.at(-1);
    const same = last?.branch === set.branch && last.facts.size === facts.size;
    if (same && [...facts].every((fact) => last.facts.has(fact))) continue;
    editions.push({ branch: set.branch, day: set.day, facts });
  }
  return editions;
}

/** `3.2.x` begins at 3.2.1, and `3.12.31+` at 3.12.31. */
function compareBranches(a: string, b: string): number {
  const [left, right] = [a, b].map((name) => name.replace('+', '').replace('x', '1').split('.').map(Number));
  for (const at of [0, 1, 2]) {
    const difference = (left?.[at] ?? 0) - (right?.[at] ?? 0);
    if (difference !== 0) return difference;
  }
  return a < b ? -1 : 1;
}

function tableText(editions: readonly Edition[]): string {
  const branches = [...new Set(editions.map(({ branch }) => branch))];
  const series = branches.map((name) => {
    const days = editions.filter(({ branch }) => branch === name).map(({ day }) => day);
    return `${name} ${days.join(' ')}`;
  });
  return `/**
 * The marks that the AUFS patch sets leave in a kernel tree: evidence for trees whose patch is not available. Written by
 * \`npm run marks\` from every set in the history of aufs3-, aufs4- and aufs-standalone.
 *
 * A line has a branch and the days on which its marks changed. Each day begins an edition. Editions are numbered from 0
 * over all lines.
 */
export const SERIES_TEXT = \`
${series.join('\n')}
\`;

/**
 * A line has a patch, a file that it changes, and the editions in which it does. Below it are the marks that the patch
 * leaves in the file, with their editions if they differ from those of the file: a symbol that the file now exports, a
 * name (a whole identifier) in its added lines, or a piece of text. After a slash: the text that the name replaced.
 */
export const MARKS_TEXT = \`
${marksText(editions)}
\`;
`;
}

function marksText(editions: readonly Edition[]): string {
  const all = [...new Set(editions.flatMap(({ facts }) => [...facts]))].sort(compareFacts);
  const spans = new Map(all.map((fact) => [fact, spansOf(fact, editions)]));
  return all
    .map((fact) => {
      const [component, path, mark] = fact.split(' | ');
      const own = spans.get(fact) ?? '';
      if (mark === undefined) return `${component} ${path} ${own}`;
      return own === spans.get(`${component} | ${path}`) ? `  ${mark}` : `  ${mark} ${own}`;
    })
    .join('\n');
}

function compareFacts(a: Fact, b: Fact): number {
  const order = (fact: Fact): number => PATCH_COMPONENTS.findIndex((each) => fact.startsWith(`${each} `));
  return order(a) - order(b) || (a < b ? -1 : 1);
}

function spansOf(fact: Fact, editions: readonly Edition[]): string {
  const spans: string[] = [];
  let first: number | null = null;
  for (let index = 0; index <= editions.length; index++) {
    const has = editions[index]?.facts.has(fact) === true;
    if (has) first ??= index;
    if (has || first === null) continue;
    spans.push(first === index - 1 ? `${first}` : `${first}..${index - 1}`);
    first = null;
  }
  return spans.join(',');
}
