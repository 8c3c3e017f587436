import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { linkSync, mkdirSync, symlinkSync, truncateSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { type Fact, known, unknown } from '../../../src/model/fact.ts';
import type { BootFacts, BootImage } from '../../../src/model/image.ts';
import type { FstabEntry } from '../../../src/system/fstab.ts';
import { type BootInput, readBoot } from '../../../src/system/images/read-images.ts';
import type { Mount } from '../../../src/system/mounts.ts';
import { openRoot } from '../../../src/system/root.ts';
import { peFile, RELEASE, smallImage, UTS_VERSION } from '../../support/images.ts';
import { layOut, temporaryDirectory } from '../../support/temporary.ts';

test('the images of every layout are found, and nothing else', () => {
  const dir = temporaryDirectory();
  const uki = peFile({ '.uname': Buffer.from(RELEASE), '.linux': smallImage() });
  layOut(dir, {
    'boot/vmlinuz-6.1.192-gentoo': smallImage(),
    'boot/vmlinuz-6.1.192-gentoo.old': smallImage(),
    'boot/vmlinuz-6.1.192-gentoo.sig': 'x',
    'boot/kernel-6.6.1-gentoo-dist': smallImage('6.6.1-gentoo-dist'),
    'boot/mykernel': smallImage('6.7.0-mine'),
    'boot/memtest.bin': 'no kernel at all',
    'boot/initramfs-6.1.192-gentoo.img': smallImage(),
    'boot/System.map-6.1.192-gentoo': '',
    'boot/System.map-6.1.192-gentoo.old': '',
    'boot/config-6.6.1-gentoo-dist': '',
    'boot/grub/kernel.img': 'grub',
    'boot/grub/x86_64-efi/linux': 'a module of grub',
    'boot/gentoo/6.8.0-dist/linux': smallImage('6.8.0-dist'),
    'boot/EFI/Gentoo/vmlinuz-6.1.192-gentoo.efi': smallImage(),
    'boot/EFI/BOOT/BOOTX64.EFI': peFile({ '.text': Buffer.alloc(600) }),
    'efi/EFI/Linux/gentoo-6.1.192.efi': uki,
    'efi/EFI/systemd/systemd-bootx64.efi': peFile({
      '.text': Buffer.alloc(600),
      '.sdmagic': Buffer.alloc(9),
    }),
  });
  const boot = read(dir);
  assert.deepEqual(
    images(boot).map(({ path, kind, identity }) => [path, kind, releaseOf(identity.release)]),
    [
      ['/boot/EFI/Gentoo/vmlinuz-6.1.192-gentoo.efi', 'bzimage', RELEASE],
      ['/boot/gentoo/6.8.0-dist/linux', 'bzimage', '6.8.0-dist'],
      ['/boot/kernel-6.6.1-gentoo-dist', 'bzimage', '6.6.1-gentoo-dist'],
      ['/boot/mykernel', 'bzimage', '6.7.0-mine'],
      ['/boot/vmlinuz-6.1.192-gentoo', 'bzimage', RELEASE],
      ['/boot/vmlinuz-6.1.192-gentoo.old', 'bzimage', RELEASE],
      ['/efi/EFI/Linux/gentoo-6.1.192.efi', 'uki', RELEASE],
    ],
  );
  assert.deepEqual(boot.releases, [RELEASE, '6.6.1-gentoo-dist']);
});

test('an EFI system partition below /boot is read as a partition, whatever its name', () => {
  for (const esp of ['boot/efi', 'boot/EFI', 'efi', 'esp']) {
    const dir = temporaryDirectory();
    layOut(dir, {
      [`${esp}/EFI/Gentoo/vmlinuz-6.1.192-gentoo.efi`]: smallImage(),
      [`${esp}/EFI/Linux/gentoo-6.6.1.efi`]: peFile({
        '.uname': Buffer.from('6.6.1'),
        '.linux': smallImage('6.6.1'),
      }),
      [`${esp}/4a5f9e/6.8.0-dist/linux`]: smallImage('6.8.0-dist'),
      [`${esp}/vmlinuz-6.9.0`]: smallImage('6.9.0'),
    });
    assert.deepEqual(
      images(read(dir)).map(({ path }) => path.slice(esp.length + 1)),
      [
        '/4a5f9e/6.8.0-dist/linux',
        '/EFI/Gentoo/vmlinuz-6.1.192-gentoo.efi',
        '/EFI/Linux/gentoo-6.6.1.efi',
        '/vmlinuz-6.9.0',
      ],
      esp,
    );
  }
});

test('an image is described completely, and hashed only on request', () => {
  const dir = temporaryDirectory();
  const bytes = smallImage();
  layOut(dir, { 'boot/vmlinuz-6.1.192-gentoo': bytes });
  utimesSync(join(dir, 'boot/vmlinuz-6.1.192-gentoo'), 1_700_000_000, 1_700_000_000);
  const [plain] = images(read(dir));
  assert.equal(plain?.size, bytes.length);
  assert.equal(plain.mtime, 1_700_000_000_000);
  assert.deepEqual(plain.identity.utsVersion, known(UTS_VERSION));
  assert.equal(codeOf(plain.hash), 'no-data');
  const [hashed] = images(read(dir, { hashImages: true }));
  assert.deepEqual(hashed?.hash, known(createHash('sha256').update(bytes).digest('hex')));
});

test('a file that symlinks point to is one image, under its own name', () => {
  const dir = temporaryDirectory();
  layOut(dir, { 'boot/vmlinuz-6.1.192-gentoo': smallImage(), 'usr/src/linux/bzImage': smallImage('6.9') });
  symlinkSync('vmlinuz-6.1.192-gentoo', join(dir, 'boot/vmlinuz'));
  symlinkSync('../usr/src/linux/bzImage', join(dir, 'boot/kernel-test'));
  symlinkSync('/boot/vmlinuz', join(dir, 'vmlinuz'));
  symlinkSync('gone', join(dir, 'boot/vmlinuz.old'));
  symlinkSync('.', join(dir, 'boot/boot'));
  const boot = read(dir);
  assert.deepEqual(
    images(boot).map(({ path }) => path),
    ['/boot/vmlinuz-6.1.192-gentoo', '/usr/src/linux/bzImage'],
  );
  assert.deepEqual(linksOf(boot), [
    { path: '/boot/kernel-test', target: '/usr/src/linux/bzImage' },
    { path: '/boot/vmlinuz', target: '/boot/vmlinuz-6.1.192-gentoo' },
    { path: '/boot/vmlinuz.old', target: null },
    { path: '/vmlinuz', target: '/boot/vmlinuz-6.1.192-gentoo' },
  ]);
});

test('a directory of images that is a symlink is one of the links', () => {
  const dir = temporaryDirectory();
  layOut(dir, { 'efi/boot/vmlinuz-6.1.192-gentoo': smallImage() });
  symlinkSync('efi/boot', join(dir, 'boot'));
  symlinkSync('gone', join(dir, 'esp'));
  const boot = read(dir);
  assert.deepEqual(
    images(boot).map(({ path }) => path),
    ['/efi/boot/vmlinuz-6.1.192-gentoo'],
  );
  assert.deepEqual(linksOf(boot), [
    { path: '/boot', target: '/efi/boot' },
    { path: '/esp', target: null },
  ]);
});

test('a file with two hard links is two images: a boot loader may have either name', () => {
  const dir = temporaryDirectory();
  layOut(dir, { 'boot/vmlinuz-6.1.192-gentoo': smallImage() });
  linkSync(join(dir, 'boot/vmlinuz-6.1.192-gentoo'), join(dir, 'boot/vmlinuz'));
  assert.equal(images(read(dir)).length, 2);
});

test('a /boot that is not mounted is unknown, even if files are below the mount point', () => {
  const dir = temporaryDirectory();
  layOut(dir, { 'boot/vmlinuz-6.1.192-gentoo': smallImage(), 'boot/System.map-6.1.192-gentoo': '' });
  const fstab = known([listed('/boot/')]);
  const away = read(dir, { fstab, mounts: known([mounted('/')]) });
  assert.equal(codeOf(away.images), 'not-mounted');
  assert.deepEqual([away.links, away.releases], [[], []]);
  assert.equal(images(read(dir, { fstab, mounts: known([mounted('/boot')]) })).length, 1);
});

test('if mounts are unknown, an empty /boot that is in fstab counts as not mounted', () => {
  const dir = temporaryDirectory();
  layOut(dir, { 'boot/.keep': '' });
  const fstab = known([listed('/boot')]);
  const mounts = unknown('not-running-here', '');
  assert.equal(codeOf(read(dir, { fstab, mounts }).images), 'not-mounted');
  layOut(dir, { 'boot/vmlinuz-6.1.192-gentoo': smallImage() });
  assert.equal(images(read(dir, { fstab, mounts })).length, 1);
});

test('an empty /boot that is no mount point has no images; a missing /boot is unknown', () => {
  const dir = temporaryDirectory();
  assert.equal(codeOf(read(dir).images), 'missing');
  mkdirSync(join(dir, 'boot'));
  assert.deepEqual(images(read(dir)), []);
});

test('an EFI partition that is not mounted matters only if no image was found', () => {
  const dir = temporaryDirectory();
  mkdirSync(join(dir, 'boot'));
  const input = { fstab: known([listed('/efi')]), mounts: known([]) };
  assert.equal(codeOf(read(dir, input).images), 'not-mounted');
  assert.equal(read(dir, input).toMount, '/efi');
  layOut(dir, { 'boot/vmlinuz-6.1.192-gentoo': smallImage() });
  assert.equal(images(read(dir, input)).length, 1);
  assert.equal(read(dir, input).toMount, null);
});

test('an automount point without a mount is not mounted', () => {
  const dir = temporaryDirectory();
  mkdirSync(join(dir, 'boot'));
  const fstab = known([listed('/boot')]);
  const mounts = known([mounted('/boot', 'autofs')]);
  assert.equal(codeOf(read(dir, { fstab, mounts }).images), 'not-mounted');
  const vfat = mounted('/boot', 'vfat');
  assert.deepEqual(images(read(dir, { fstab, mounts: known([...mounts.value, vfat]) })), []);
  layOut(dir, { 'boot/vmlinuz-6.1.192-gentoo': smallImage() });
  assert.equal(images(read(dir, { fstab, mounts })).length, 1);
});

test('a file that cannot be an image is reported with its reason, and the others are read', () => {
  const dir = temporaryDirectory();
  layOut(dir, {
    'boot/vmlinuz-6.1.192-gentoo': smallImage(),
    'boot/vmlinuz-sparse': '',
    'boot/vmlinuz-cut': 'MZ',
  });
  truncateSync(join(dir, 'boot/vmlinuz-sparse'), 10 * 1024 ** 3);
  execFileSync('mkfifo', [join(dir, 'boot/vmlinuz-fifo'), join(dir, 'boot/fifo')]);
  symlinkSync('vmlinuz-loop', join(dir, 'boot/vmlinuz-loop'));
  mkdirSync(join(dir, 'boot/kernel'));
  const found = images(read(dir, { hashImages: true }));
  assert.deepEqual(
    found.map(({ path, identity, hash }) => [path, codeOf(identity.release), codeOf(hash)]),
    [
      ['/boot/vmlinuz-6.1.192-gentoo', 'known', 'known'],
      ['/boot/vmlinuz-cut', 'no-data', 'known'],
      ['/boot/vmlinuz-fifo', 'wrong-type', 'wrong-type'],
      ['/boot/vmlinuz-sparse', 'too-large', 'too-large'],
    ],
  );
});

test('a /boot with many hundreds of files is too large, which is found without delay', () => {
  const dir = temporaryDirectory();
  layOut(dir, Object.fromEntries(Array.from({ length: 1500 }, (_, index) => [`boot/file-${index}`, ''])));
  assert.equal(codeOf(read(dir).images), 'too-large');
});

test('if the time is up, that is the result', () => {
  const dir = temporaryDirectory();
  layOut(dir, { 'boot/vmlinuz-6.1.192-gentoo': smallImage() });
  assert.equal(codeOf(read(dir, {}, () => true).images), 'timeout');
});

test('an ordinary user gets the reason that /boot may not be read', () => {
  const dir = temporaryDirectory();
  mkdirSync(join(dir, 'boot'));
  const denied = unknown('denied', '/boot: permission denied');
  const root = { ...openRoot(dir), list: () => denied };
  const boot = readBoot(root, { fstab: known([]), mounts: known([]), hashImages: false });
  const { images, toMount, links, releases, grubMenu } = boot;
  assert.deepEqual(
    { images, toMount, links, releases, grubMenu },
    {
      images: denied,
      toMount: null,
      links: [],
      releases: [],
      grubMenu: null,
    },
  );
});

function linksOf({ links }: BootFacts) {
  return links.map(({ path, target }) => ({ path, target }));
}

function listed(mountPoint: string): FstabEntry {
  return { device: '/dev/sda1', mountPoint, type: 'ext4', options: [] };
}

function mounted(mountPoint: string, type = 'ext4'): Mount {
  return { source: '/dev/sda1', mountPoint, type, options: [], root: '/' };
}

function read(dir: string, input: Partial<BootInput> = {}, expired = () => false): BootFacts {
  const defaults = { fstab: known([]), mounts: known([]), hashImages: false };
  return readBoot(openRoot(dir, expired), { ...defaults, ...input });
}

function images(boot: BootFacts): readonly BootImage[] {
  if (!boot.images.known) assert.fail(`${boot.images.code}: ${boot.images.detail}`);
  return boot.images.value;
}

function releaseOf(fact: Fact<string>): string {
  return fact.known ? fact.value : fact.code;
}

function codeOf(fact: Fact<unknown>): string {
  return fact.known ? 'known' : fact.code;
}
