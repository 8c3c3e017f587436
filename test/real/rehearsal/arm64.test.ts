import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { compileGuest } from '../../../packaging/compile-guest.ts';
import { DEBIAN_KERNEL_TOOLS, debianKernel, offeredReleases } from '../../support/debian-kernels.ts';
import { temporaryDirectory } from '../../support/temporary.ts';
import { needs } from '../../support/tools.ts';
import { layOutKernel, someInTree } from './machine.ts';
import { disagreement, pairsOf, scoreOf } from './pairs.ts';

const COMPILER = 'aarch64-linux-gnu-gcc';
const CHECKOUT = join(import.meta.dirname, '../../../..');
const EACH = 20;
const TIME = 10 * 60_000;

const skip = needs(...DEBIAN_KERNEL_TOOLS, 'qemu-system-aarch64', COMPILER, 'depmod', 'make', 'xz');

test('prediction and result on arm64, over the serial line', { skip }, async () => {
  const directory = temporaryDirectory();
  const guest = join(directory, 'guest');
  assert.equal(compileGuest(CHECKOUT, guest, { arch: 'arm64', compilers: [COMPILER] }), null);
  const [release = '', other = ''] = ['6.1', '6.12'].map((series) =>
    offeredReleases(series, 'cloud-arm64').at(-1),
  );
  const kernel = debianKernel(release);
  const own = someInTree(kernel, EACH, new Set());
  const foreign = someInTree(debianKernel(other), EACH, new Set(own.map(({ name }) => name)));
  const root = join(directory, 'root');
  layOutKernel(root, kernel, [...own, ...foreign]);
  const pairs = await pairsOf(root, TIME, { other: { arch: 'arm64', guest } });
  process.stdout.write(`${scoreOf(pairs)}\n`);
  assert.equal(pairs.length, own.length + foreign.length);
  assert.deepEqual(pairs.map(disagreement).filter(Boolean), []);
  for (const is of ['loads', 'refused'] as const)
    assert.ok(
      pairs.some(({ seen, foretold }) => seen.is === is && foretold.answer === is),
      `nothing ${is}`,
    );
});
