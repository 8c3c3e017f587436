import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { DEBIAN_KERNEL_TOOLS, debianKernel, offeredReleases } from '../../support/debian-kernels.ts';
import { temporaryDirectory } from '../../support/temporary.ts';
import { needs } from '../../support/tools.ts';
import { layOutKernel } from './machine.ts';
import { compileFor } from './out-of-tree.ts';
import { pairsOf } from './pairs.ts';

const TIME = 240_000;
const skip = needs(...DEBIAN_KERNEL_TOOLS, 'qemu-system-x86_64', 'depmod', 'gcc', 'make');

// Lockdown forbids the ports as well: the guest reports over the serial line.
test('a kernel in lockdown refuses our modules, and that is reported', { skip }, async () => {
  const directory = temporaryDirectory();
  const root = join(directory, 'locked');
  const release = offeredReleases('6.1', 'cloud-amd64').at(-1) ?? '';
  const compiled = compileFor(release, ['vpoll-dkms'], join(directory, 'built-locked'));
  layOutKernel(root, debianKernel(release), compiled);
  const [pair] = await pairsOf(root, TIME, { words: ['lockdown=integrity'] });
  assert.ok(pair?.seen.is === 'refused', JSON.stringify(pair?.seen));
  assert.match(pair.seen.words.join(), /Lockdown: .*unsigned module loading is restricted/);
});
