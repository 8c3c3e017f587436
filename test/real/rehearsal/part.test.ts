import assert from 'node:assert/strict';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { DEBIAN_KERNEL_TOOLS, debianKernel, offeredReleases } from '../../support/debian-kernels.ts';
import { temporaryDirectory } from '../../support/temporary.ts';
import { needs } from '../../support/tools.ts';
import { inTree, layOutKernel, someInTree } from './machine.ts';
import { compileFor } from './out-of-tree.ts';
import { disagreement, pairsOf, scoreOf, withLess } from './pairs.ts';

/** Those that take a second each to compile. */
const SOURCES = ['acpi-call-dkms', 'lime-forensics-dkms', 'rapiddisk-dkms', 'tp-smapi-dkms', 'vpoll-dkms'];
const MODULES = 40;
/**
 * One of the kernel's own modules. It needs another one, which needs a third that a module of another kernel replaces.
 */
const BEHIND = 'nft_ct';
const REPLACED = 'libcrc32c';
const TIME = 240_000;

const skip = needs(...DEBIAN_KERNEL_TOOLS, 'qemu-system-x86_64', 'depmod', 'gcc', 'make');

/** The gate's comparison with real kernels: two kernels, forty modules on each, of several builds. */
suite('predictions and results', { skip }, () => {
  const directory = temporaryDirectory();
  // The small packages: they need only the parts of a kernel that a virtual machine has.
  const releases = ['6.1', '6.12'].map((series) => offeredReleases(series, 'cloud-amd64').at(-1) ?? series);

  for (const [index, release] of releases.entries()) {
    test(release, async () => {
      const kernel = debianKernel(release);
      const other = debianKernel(releases[1 - index] ?? release);
      // Modules that are compiled for the first kernel load only there.
      const compiled = compileFor(releases[0] ?? release, SOURCES, join(directory, `built-${index}`));
      const names = new Set([...compiled.map(({ name }) => name), BEHIND, REPLACED]);
      const own = [inTree(kernel, BEHIND), ...someInTree(kernel, 9, names)];
      const taken = new Set([...names, ...own.map(({ name }) => name)]);
      const room = MODULES - compiled.length - own.length - 1;
      const foreign = [inTree(other, REPLACED), ...someInTree(other, room, taken)];
      const root = join(directory, `root-${index}`);
      layOutKernel(root, kernel, [...compiled, ...own, ...foreign]);
      const pairs = await pairsOf(root, TIME);
      process.stdout.write(`${scoreOf(pairs)}\n`);
      assert.ok(pairs.length >= MODULES, `${pairs.length} pairs`);
      const less = await withLess(root, pairs);
      process.stdout.write(`with less at hand: ${scoreOf(less)}\n`);
      const wrong = [...pairs, ...less].flatMap((pair) => {
        const what = disagreement(pair);
        return what === null ? [] : [`${pair.module}: ${what}`];
      });
      assert.deepEqual(wrong, []);
      const behind = pairs.find(({ module }) => module === BEHIND);
      assert.ok(behind?.foretold.answer === 'refused' && behind.seen.is === 'refused');
      assert.equal(behind.foretold.reason.is, 'needs-module');
      for (const is of ['loads', 'refused'] as const)
        assert.ok(
          pairs.some(({ seen }) => seen.is === is),
          `nothing ${is}`,
        );
    });
  }
});
