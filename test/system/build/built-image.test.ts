import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';
import { findBuiltImage } from '../../../src/system/build/built-image.ts';
import { openRoot } from '../../../src/system/root.ts';
import { layOut, temporaryDirectory } from '../../support/temporary.ts';
import { layOutTimed } from '../../support/timed-files.ts';

/** Its content is not read. */
const IMAGE = 'an image';

const CASES = [
  ['x86_64', 'arch/x86/boot/bzImage'],
  ['i386', 'arch/x86/boot/bzImage'],
  ['aarch64', 'arch/arm64/boot/Image.gz'],
  ['arm', 'arch/arm/boot/zImage'],
  ['riscv64', 'arch/riscv/boot/Image'],
  ['ppc64le', 'vmlinux'],
  ['s390x', 'arch/s390/boot/bzImage'],
  ['loongarch64', 'arch/loongarch/boot/vmlinux.elf'],
  ['parisc64', 'vmlinux'],
  ['um', 'linux'],
] as const;

test('each architecture has its image in its own place', () => {
  for (const [machine, image] of CASES) {
    const dir = temporaryDirectory();
    layOut(dir, { [`b/${image}`]: IMAGE });
    assert.equal(findBuiltImage(openRoot(dir), '/b', machine)?.path, `/b/${image}`, machine);
  }
});

test('on x86 a vmlinux alone is no image, also if the architecture is unknown', () => {
  const dir = temporaryDirectory();
  layOut(dir, { 'b/vmlinux': IMAGE });
  assert.equal(findBuiltImage(openRoot(dir), '/b', 'x86_64'), null);
  assert.equal(findBuiltImage(openRoot(dir), '/b', null), null);
  assert.equal(findBuiltImage(openRoot(dir), '/b', 'neverheardof'), null);
  layOut(dir, { 'b/arch/x86/boot/bzImage': IMAGE });
  assert.equal(findBuiltImage(openRoot(dir), '/b', null)?.path, '/b/arch/x86/boot/bzImage');
});

test('of several images the newest counts', () => {
  const dir = temporaryDirectory();
  layOutTimed(dir, {
    'b/arch/arm64/boot/vmlinuz.efi': [IMAGE, 1],
    'b/arch/arm64/boot/Image': [IMAGE, 2],
    'b/arch/arm64/boot/Image.gz': [IMAGE, 3],
  });
  assert.equal(findBuiltImage(openRoot(dir), '/b', 'aarch64')?.path, '/b/arch/arm64/boot/Image.gz');
});

test('a FIFO or a directory in its place is no image', () => {
  const dir = temporaryDirectory();
  layOut(dir, { 'b/arch/x86/boot/bzImage/x': '', 'c/arch/x86/boot/x': '' });
  execFileSync('mkfifo', [join(dir, 'c/arch/x86/boot/bzImage')]);
  assert.equal(findBuiltImage(openRoot(dir), '/b', 'x86_64'), null);
  assert.equal(findBuiltImage(openRoot(dir), '/c', 'x86_64'), null);
});

test('beside a unified kernel image there is an ordinary one, and one of the two is empty', () => {
  const [bzImage, uki] = ['arch/x86/boot/bzImage', 'arch/x86/boot/uki.efi'];
  for (const [image, empty] of [
    [uki, bzImage],
    [bzImage, uki],
  ] as const)
    for (const machine of ['x86_64', null]) {
      const dir = temporaryDirectory();
      layOutTimed(dir, { [`b/${image}`]: [IMAGE, 1], [`b/${empty}`]: ['', 2] });
      assert.equal(findBuiltImage(openRoot(dir), '/b', machine)?.path, `/b/${image}`);
    }
});
