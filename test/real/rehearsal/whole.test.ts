import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { before, suite, test } from 'node:test';
import { DEBIAN_KERNEL_TOOLS, debianKernel, offeredReleases } from '../../support/debian-kernels.ts';
import { temporaryDirectory } from '../../support/temporary.ts';
import { needs } from '../../support/tools.ts';
import { layOutKernel, someInTree } from './machine.ts';
import { type Candidate, compileFor, SOURCES } from './out-of-tree.ts';
import { disagreement, pairsOf, scoreOf, withLess } from './pairs.ts';

/** For each series and flavour: the newest that has headers. */
const KERNELS = [
  ['6.1', 'amd64'],
  ['6.1', 'cloud-amd64'],
  ['6.1', 'rt-amd64'],
  ['6.12', 'amd64'],
  ['6.12', 'rt-amd64'],
] as const;
const IN_TREE = 100;
const PAIRS = 500;
const TIME = 15 * 60_000;

const skip = needs(...DEBIAN_KERNEL_TOOLS, 'qemu-system-x86_64', 'depmod', 'gcc', 'make', 'xz');

/** Five kernels, each with the modules of out-of-tree packages and a hundred modules of its own and of the others. */
suite('predictions and results on many kernels', { skip }, () => {
  const directory = temporaryDirectory();
  const releases = KERNELS.map(([series, flavour]) => offeredReleases(series, flavour).at(-1) ?? series);
  const built = new Map<string, Candidate[]>();
  const seen = new Set<string>();

  before(() => {
    // For two of them, so that the refusals by the others are tested as well. Few build for 6.12 unchanged.
    for (const release of [releases[0] ?? '', releases[2] ?? ''])
      built.set(release, compileFor(release, SOURCES, join(directory, 'built')));
  });

  for (const [index, release] of releases.entries()) {
    test(release, async () => {
      const kernel = debianKernel(release);
      const compiled = onlyFirst([...built.values()].at(index % built.size) ?? []);
      const names = new Set(compiled.map(({ name }) => name));
      const modules = [...compiled];
      for (const from of [index, index + 1, index + 3]) {
        const some = someInTree(
          debianKernel(releases[from % releases.length] ?? release),
          IN_TREE / 3 + 1,
          names,
        );
        for (const { name } of some) names.add(name);
        modules.push(...some);
      }
      const root = join(directory, `root-${index}`);
      layOutKernel(root, kernel, modules);
      const pairs = await pairsOf(root, TIME);
      for (const pair of pairs) seen.add(`${pair.kernel} ${pair.module}`);
      process.stdout.write(`${scoreOf(pairs)}\n`);
      const less = await withLess(root, pairs);
      process.stdout.write(`with less at hand: ${scoreOf(less)}\n`);
      rmSync(root, { recursive: true });
      const wrong = [...pairs, ...less].flatMap((pair) => {
        const what = disagreement(pair);
        return what === null ? [] : [`${pair.module}: ${what}`];
      });
      assert.deepEqual(wrong, []);
    });
  }

  test('there were enough pairs', () => {
    process.stdout.write(`${seen.size} pairs, each another kernel or another module\n`);
    assert.ok(seen.size >= PAIRS);
  });
});

/** Two packages can have a module of one name. */
function onlyFirst(candidates: readonly Candidate[]): Candidate[] {
  return candidates.filter(
    ({ name }, index) => candidates.findIndex((other) => other.name === name) === index,
  );
}
