import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { before, suite, test } from 'node:test';
import { type RehearsalResult, rehearse } from '../../../src/rehearsal/rehearse.ts';
import { openRoot } from '../../../src/system/root.ts';
import { DEBIAN_KERNEL_TOOLS, debianKernel, offeredReleases } from '../../support/debian-kernels.ts';
import { temporaryDirectory } from '../../support/temporary.ts';
import { needs } from '../../support/tools.ts';
import { layOutKernel } from './machine.ts';
import { compileSources } from './out-of-tree.ts';

const GUEST = join(import.meta.dirname, '../../../../dist/rehearsal-init');
const STUB = '/usr/lib/systemd/boot/efi/linuxx64.efi.stub';
const UKI = '/boot/unified.efi';
const TIME = 240_000;

/** The init function of each. 0xe9 is the port over which the guest reports. */
const INITS = {
  behaves: 'return 0;',
  panics: 'panic("on purpose");',
  hangs: 'for (;;) cpu_relax(); return 0;',
  garbles: 'for (int n = 0; n < 100; n++) outb(n * 37, 0xe9); return 0;',
  fills: 'for (;;) outb(120, 0xe9); return 0;',
  logs: 'for (int n = 0; n < 5000; n++) pr_err("line %d of many\\n", n); return -ENODEV;',
} as const;

function sourceOf(init: string): string {
  return `#include <linux/module.h>
#include <linux/kernel.h>
#include <linux/io.h>
static int __init start(void) { ${init} }
static void __exit stop(void) { }
module_init(start);
module_exit(stop);
MODULE_LICENSE("GPL");
`;
}

const missing = needs(...DEBIAN_KERNEL_TOOLS, 'qemu-system-x86_64', 'depmod', 'gcc', 'make', 'objcopy');
const skip = missing || (existsSync(STUB) ? false : 'needs systemd-boot-efi');

/** A real kernel that misbehaves: the rehearsal ends with the reason. It is started from a unified image. */
suite('a kernel that misbehaves', { skip }, () => {
  const directory = temporaryDirectory();
  const root = join(directory, 'root');
  const release = offeredReleases('6.1', 'cloud-amd64').at(-1) ?? '';
  /** Duration of a whole rehearsal here, ms. */
  let whole = TIME;

  before(() => {
    const sources = Object.entries(INITS).map(([name, init]) => [name, sourceOf(init)]);
    const modules = compileSources(release, Object.fromEntries(sources), directory);
    layOutKernel(root, debianKernel(release), modules);
    const image = join(root, 'boot', `vmlinuz-${release}`);
    const words = ['--add-section', `.linux=${image}`, '--change-section-vma', '.linux=0x2000000'];
    execFileSync('objcopy', [...words, STUB, join(root, UKI)], { stdio: 'pipe' });
    assert.ok(statSync(join(root, UKI)).size > statSync(image).size);
  });

  function rehearsed(name: keyof typeof INITS, timeout = TIME): Promise<RehearsalResult> {
    return rehearse({
      root: openRoot(root),
      image: UKI,
      release,
      utsVersion: null,
      modules: [`/lib/modules/${release}/updates/${name}.ko`],
      initramfs: null,
      aufs: false,
      words: [],
      openKeys: false,
      init: readFileSync(GUEST),
      arch: process.arch,
      path: process.env.PATH ?? '',
      timeout,
      signal: new AbortController().signal,
      now: Date.now,
      progress: () => {},
    });
  }

  function failure(result: RehearsalResult): string {
    return result.ok ? JSON.stringify(result.rehearsed) : `${result.failure.code}: ${result.failure.detail}`;
  }

  test('a kernel that behaves, from a unified image', async () => {
    const start = performance.now();
    const result = await rehearsed('behaves');
    whole = performance.now() - start;
    assert.ok(result.ok, failure(result));
    assert.deepEqual(
      result.rehearsed.map(({ outcome }) => outcome.is),
      ['loads'],
    );
  });

  test('a panic', async () => {
    assert.match(
      failure(await rehearsed('panics')),
      /^kernel: the kernel stopped while .*panics.*on purpose/,
    );
  });

  test('a hang', async () => {
    const result = await rehearsed('hangs', 2 * whole + 5000);
    assert.match(failure(result), /^time: it had not ended after .* while it was at "?.*hangs/);
  });

  test('garbage in the channel that does not look like a report', async () => {
    const result = await rehearsed('garbles');
    assert.ok(result.ok, failure(result));
  });

  test('endless output in the channel', async () => {
    // Byte by byte: on a slow machine the time is over before the space.
    const result = await rehearsed('fills', 2 * whole + 5000);
    assert.match(failure(result), /^(?:kernel: it said more than \d+ bytes|time: it had not ended)/);
  });

  test('a log of thousands of lines', async () => {
    const result = await rehearsed('logs');
    assert.ok(result.ok, failure(result));
    const [seen] = result.rehearsed;
    assert.ok(seen?.outcome.is === 'init-failed' || seen?.outcome.is === 'unclear', failure(result));
  });
});
