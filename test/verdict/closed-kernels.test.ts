import assert from 'node:assert/strict';
import { mkdirSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { imageNameOf } from '../../src/demo/boot.ts';
import { writeElf } from '../../src/demo/elf.ts';
import { builtTree, HOUR, kernelOf, releaseFor } from '../../src/demo/in-sync.ts';
import { type Build, DEFAULT_OPTIONS, type KernelOptions, releaseOf } from '../../src/demo/kernel.ts';
import type { Machine } from '../../src/demo/machine.ts';
import { zfsPackage } from '../../src/demo/packages.ts';
import { NO_MEMORY } from '../../src/model/memory.ts';
import type { Snapshot } from '../../src/model/snapshot.ts';
import { loadAnswer } from '../../src/verdict/load-answer.ts';
import { assess } from '../../src/verdict/situation.ts';
import { judged, NOW } from '../support/machines.ts';
import { IN_SYNC, withoutPackage } from './catalogue/changes.ts';

/** Kernels that load no module, not every module, or no further module. */

test('a kernel that is configured to boot into lockdown refuses unsigned modules', async () => {
  const locked = {
    MODULE_SIG: 'y',
    SECURITY_LOCKDOWN_LSM: 'y',
    LOCK_DOWN_KERNEL_FORCE_INTEGRITY: 'y',
    LSM: '"landlock,lockdown,yama"',
  };
  const { snapshot, verdict } = await judged({ machine: compiledWith(locked) });
  assert.match(answerOfNext(snapshot, 'zfs'), /Lockdown: modprobe: unsigned module loading is restricted/);
  assert.ok(verdict.findings.some(({ code }) => code === 'next-boot-without-aufs'));
});

test('kernel.modules_disabled closes the running kernel, and not the next boot', async () => {
  const change = (root: string): void => {
    writeFileSync(join(root, 'proc/sys/kernel/modules_disabled'), '1\n');
  };
  const { snapshot, verdict } = await judged({ machine: IN_SYNC, change });
  const { running, next } = assess(snapshot, NO_MEMORY);
  assert.ok(next !== null);
  assert.match(loadAnswer(running, 'zfs').why, /takes no modules/);
  assert.equal(loadAnswer(next, 'zfs').is, 'yes');
  assert.deepEqual(
    verdict.findings.filter(({ code }) => code.startsWith('module-') || code.includes('without')),
    [],
  );
});

test('without MODVERSIONS, a module that is older than a change of struct module is refused', async () => {
  const { MODVERSIONS: _, ...config } = DEFAULT_OPTIONS;
  const kernel = { ...kernelOf('6.12.30', 2, NOW - 24 * HOUR, null), config };
  const machine = oneKernel(kernel);
  const vermagic = vermagicOfNext((await judged({ machine })).snapshot);
  const withOwn =
    (bytes: number) =>
    (root: string): void => {
      const path = join(root, 'usr/src/linux-6.12.30-gentoo/fs/btrfs/btrfs.ko');
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, ownModule(bytes, vermagic));
      utimesSync(path, new Date(NOW), new Date(NOW));
    };
  assert.match(
    answerOfNext((await judged({ machine, change: withOwn(896) })).snapshot, 'zfs'),
    /zfs\.ko loads$/,
  );
  const { snapshot } = await judged({ machine, change: withOwn(960) });
  assert.match(
    answerOfNext(snapshot, 'zfs'),
    /section size must match the kernel's built struct module size/,
  );
});

/** The machine in sync; its kernel also has these options. */
function compiledWith(options: KernelOptions): Machine {
  const change = (kernel: Build): Build => ({ ...kernel, config: { ...kernel.config, ...options } });
  const trees = IN_SYNC.trees.map((tree) => ({
    ...tree,
    config: tree.config && { ...tree.config, options: { ...tree.config.options, ...options } },
    build: tree.build && { ...tree.build, kernel: change(tree.build.kernel) },
  }));
  const images = IN_SYNC.boot.images.map((image) => ({ ...image, kernel: change(image.kernel) }));
  return { ...IN_SYNC, trees, boot: { ...IN_SYNC.boot, images }, running: null };
}

/** One kernel, compiled and installed here, and zfs built for it. */
function oneKernel(kernel: Build): Machine {
  const plain = withoutPackage('aufs6', withoutPackage('zfs-kmod', withoutPackage('docker')));
  return {
    ...plain,
    docker: null,
    packages: [...plain.packages, zfsPackage(kernel, NOW - HOUR, 9)],
    trees: [builtTree(kernel, kernel.at - HOUR)],
    selected: { target: `linux-${releaseOf(kernel)}`, at: kernel.at },
    boot: { images: [{ name: imageNameOf(kernel), kernel, at: kernel.at + HOUR / 4 }], links: {} },
    releases: [releaseFor(kernel)],
    running: null,
  };
}

/** A module with only a vermagic and a struct module of this size. */
function ownModule(bytes: number, vermagic: string): Buffer {
  const name = '.gnu.linkonce.this_module';
  return writeElf({
    kind: 'relocatable',
    sections: [
      { name, type: 'progbits', flags: 'WA', bytes: Buffer.alloc(bytes), align: 64 },
      {
        name: '.modinfo',
        type: 'progbits',
        flags: 'A',
        bytes: Buffer.from(`vermagic=${vermagic}\0`),
        align: 1,
      },
    ],
    symbols: [
      { name: '__this_module', section: name, value: 0, size: bytes, bind: 'global', type: 'object' },
    ],
  });
}

function vermagicOfNext(snapshot: Snapshot): string {
  const { next } = assess(snapshot, NO_MEMORY);
  assert.ok(next?.abi.vermagic.known);
  return next.abi.vermagic.value;
}

function answerOfNext(snapshot: Snapshot, name: string): string {
  const { next } = assess(snapshot, NO_MEMORY);
  assert.ok(next !== null);
  return loadAnswer(next, name).why;
}
