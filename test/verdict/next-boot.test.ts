import assert from 'node:assert/strict';
import { mkdirSync, renameSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { known, unknown } from '../../src/model/fact.ts';
import type { BootFacts, BootImage } from '../../src/model/image.ts';
import { nextBoot } from '../../src/verdict/next-boot.ts';
import { judged } from '../support/machines.ts';
import { IN_SYNC } from './catalogue/changes.ts';

test('the image that another one took the place of does not boot next, however new it is', () => {
  // installkernel: `-old.efi` where firmware insists on the ending, `.old` elsewhere.
  for (const [image, backup] of [
    ['/efi/EFI/Gentoo/vmlinuz-6.1.192-gentoo.efi', '/efi/EFI/Gentoo/vmlinuz-6.1.192-gentoo-old.efi'],
    ['/efi/EFI/Linux/gentoo-6.1.192-gentoo.efi', '/efi/EFI/Linux/gentoo-6.1.192-gentoo-old.efi'],
    ['/boot/vmlinuz-6.1.192-gentoo', '/boot/vmlinuz-6.1.192-gentoo.old'],
  ] as const) {
    const next = nextBoot(bootOf(imageOf(image, 1), imageOf(backup, 2)), null, '6.1.192-gentoo');
    assert.deepEqual(next, { known: true, image, by: 'only' });
  }
});

test('of releases that are not selected the highest version boots, as boot loaders put it first', () => {
  const lts = imageOf('/boot/vmlinuz-6.1.192-gentoo', 3, '6.1.192-gentoo');
  const older = imageOf('/boot/vmlinuz-6.6.9-gentoo', 2, '6.6.9-gentoo');
  const newer = imageOf('/boot/vmlinuz-6.6.30-gentoo', 1, '6.6.30-gentoo');
  const next = nextBoot(bootOf(lts, older, newer), null, '6.12.31-gentoo');
  assert.deepEqual(next, { known: true, image: newer.path, by: 'newest' });
  // The newest may be of any release.
  const unread = imageOf('/boot/vmlinuz-6.12.31-gentoo', 4, null);
  const unsure = nextBoot(bootOf(lts, newer, unread), null, null);
  assert.deepEqual(unsure, { known: true, image: unread.path, by: 'newest' });
});

test('a version is compared by its numbers', () => {
  for (const [higher, lower] of [
    ['6.10.1-gentoo', '6.9.12-gentoo'],
    ['6.1.100', '6.1.99-gentoo-r2'],
    ['6.1.2', '6.1'],
    ['6.1.2-gentoo-r10', '6.1.2-gentoo-r9'],
    ['6.1.2-gentoo', '6.1.2-bench'],
  ] as const) {
    const [one, other] = [imageOf('/boot/vmlinuz-a', 1, higher), imageOf('/boot/vmlinuz-b', 2, lower)];
    for (const images of [
      [one, other],
      [other, one],
    ])
      assert.deepEqual(nextBoot(bootOf(...images), null, null), {
        known: true,
        image: one.path,
        by: 'newest',
      });
  }
});

test('the configured image is found by a link that leads to it, and where it is a backup', () => {
  const [image, backup] = [imageOf('/boot/vmlinuz-6.1.192-gentoo', 2), imageOf('/boot/vmlinuz.old', 1)];
  const boot = {
    ...bootOf(image, backup),
    links: [
      { path: '/boot/vmlinuz', target: image.path },
      { path: '/boot/kernel', target: null },
    ],
  };
  const by = 'configured';
  assert.deepEqual(nextBoot(boot, '/boot/vmlinuz', null), { known: true, image: image.path, by });
  assert.deepEqual(nextBoot(boot, backup.path, null), { known: true, image: backup.path, by });
  for (const gone of ['/boot/kernel', '/boot/vmlinuz-6.6', '/boot/vmlinuz/x']) {
    const why = `the configured image ${gone} is not there`;
    assert.deepEqual(nextBoot(boot, gone, null), { known: false, why });
  }
});

test('the configured image is found beneath a /boot that is a link', async () => {
  const { snapshot } = await judged({
    machine: IN_SYNC,
    change: (root) => {
      mkdirSync(join(root, 'efi'));
      renameSync(join(root, 'boot'), join(root, 'efi/boot'));
      symlinkSync('efi/boot', join(root, 'boot'));
    },
  });
  const image = '/efi/boot/vmlinuz-6.1.192-gentoo';
  for (const configured of ['/boot/vmlinuz-6.1.192-gentoo', image])
    assert.deepEqual(nextBoot(snapshot.boot, configured, null), { known: true, image, by: 'configured' });
});

test('the link named vmlinuz goes before others, and leads to a backup as well', () => {
  const [one, other] = [imageOf('/boot/vmlinuz-6.1.191-gentoo', 1), imageOf('/boot/vmlinuz-b.old', 2)];
  const links = [
    { path: '/boot/bzImage', target: one.path },
    { path: '/boot/vmlinuz', target: other.path },
  ];
  const boot = bootOf(one, other);
  const next = { known: true, image: other.path, by: 'link' };
  assert.deepEqual(nextBoot({ ...boot, links }, null, null), next);
  assert.deepEqual(nextBoot({ ...boot, links: links.toReversed() }, null, null), next);
  const dangling = [{ path: '/boot/vmlinuz', target: null }, ...links.slice(0, 1)];
  assert.deepEqual(nextBoot({ ...boot, links: dangling }, null, null), { ...next, image: one.path });
});

function bootOf(...images: readonly BootImage[]): BootFacts {
  return { images: known(images), toMount: null, links: [], releases: [], grubMenu: null };
}

function imageOf(path: string, mtime: number, release: string | null = '6.1.192-gentoo'): BootImage {
  const none = unknown('no-data', 'not asked');
  const identity = { release: release === null ? none : known(release), utsVersion: none, buildId: none };
  return { path, kind: 'bzimage', size: 1, mtime, identity, hash: none };
}
