import assert from 'node:assert/strict';
import { mkdirSync, renameSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { known, unknown } from '../../src/model/fact.ts';
import type { BootFacts, BootImage } from '../../src/model/image.ts';
import { nextBoot } from '../../src/verdict/next-boot.ts';
import { bootFacts, UNKNOWN_IDENTITY } from '../support/boot-facts.ts';
import { judged } from '../support/machines.ts';
import { IN_SYNC } from './catalogue/changes.ts';

test('a backup of an image does not boot next, however new it is', () => {
  // installkernel: `-old.efi` if the firmware needs the ending, `.old` elsewhere.
  for (const [image, backup] of [
    ['/efi/EFI/Gentoo/vmlinuz-6.1.192-gentoo.efi', '/efi/EFI/Gentoo/vmlinuz-6.1.192-gentoo-old.efi'],
    ['/efi/EFI/Linux/gentoo-6.1.192-gentoo.efi', '/efi/EFI/Linux/gentoo-6.1.192-gentoo-old.efi'],
    ['/boot/vmlinuz-6.1.192-gentoo', '/boot/vmlinuz-6.1.192-gentoo.old'],
  ] as const) {
    const next = answer(bootOf(imageOf(image, 1), imageOf(backup, 2)), null, '6.1.192-gentoo');
    assert.deepEqual(next, { image, by: 'only' });
  }
});

test('if no release is selected, the highest version boots, because boot loaders list it first', () => {
  const lts = imageOf('/boot/vmlinuz-6.1.192-gentoo', 3, '6.1.192-gentoo');
  const older = imageOf('/boot/vmlinuz-6.6.9-gentoo', 2, '6.6.9-gentoo');
  const newer = imageOf('/boot/vmlinuz-6.6.30-gentoo', 1, '6.6.30-gentoo');
  const next = answer(bootOf(lts, older, newer), null, '6.12.31-gentoo');
  assert.deepEqual(next, { image: newer.path, by: 'newest' });
  // The newest may be of any release.
  const unread = imageOf('/boot/vmlinuz-6.12.31-gentoo', 4, null);
  const unsure = answer(bootOf(lts, newer, unread), null, null);
  assert.deepEqual(unsure, { image: unread.path, by: 'newest' });
});

test('versions are compared by their numbers', () => {
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
      assert.deepEqual(answer(bootOf(...images), null, null), { image: one.path, by: 'newest' });
  }
});

test('the configured image is found over a link to it, and if it is a backup', () => {
  const [image, backup] = [imageOf('/boot/vmlinuz-6.1.192-gentoo', 2), imageOf('/boot/vmlinuz.old', 1)];
  const boot = {
    ...bootOf(image, backup),
    links: [
      { path: '/boot/vmlinuz', target: image.path, mtime: null },
      { path: '/boot/kernel', target: null, mtime: null },
    ],
  };
  const by = 'configured';
  assert.deepEqual(answer(boot, '/boot/vmlinuz', null), { image: image.path, by });
  assert.deepEqual(answer(boot, backup.path, null), { image: backup.path, by });
  for (const gone of ['/boot/kernel', '/boot/vmlinuz-6.6', '/boot/vmlinuz/x']) {
    const why = `the configured image ${gone} is not there`;
    assert.deepEqual(answer(boot, gone, null), { why });
  }
});

test('the configured image is found below a /boot that is a link', async () => {
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
    assert.deepEqual(answer(snapshot.boot, configured, null), { image, by: 'configured' });
});

test('the link named vmlinuz comes before others, and may point to a backup as well', () => {
  const [one, other] = [imageOf('/boot/vmlinuz-6.1.191-gentoo', 1), imageOf('/boot/vmlinuz-b.old', 2)];
  const links = [
    { path: '/boot/bzImage', target: one.path, mtime: null },
    { path: '/boot/vmlinuz', target: other.path, mtime: null },
  ];
  const boot = bootOf(one, other);
  const next = { image: other.path, by: 'link' };
  assert.deepEqual(answer({ ...boot, links }, null, null), next);
  assert.deepEqual(answer({ ...boot, links: links.toReversed() }, null, null), next);
  const dangling = [{ path: '/boot/vmlinuz', target: null, mtime: null }, ...links.slice(0, 1)];
  assert.deepEqual(answer({ ...boot, links: dangling }, null, null), { ...next, image: one.path });
});

/** The image and how it was chosen, or why there is none. */
function answer(boot: BootFacts, configured: string | null, selectedRelease: string | null) {
  const next = nextBoot({ boot, configured, selectedRelease, running: UNKNOWN_IDENTITY });
  if (next.kind === 'unknown') return { why: next.why };
  assert.equal(next.kind, next.by === 'configured' ? 'known' : 'guess');
  return { image: next.image, by: next.by };
}

function bootOf(...images: readonly BootImage[]): BootFacts {
  return bootFacts({ images: known(images) });
}

function imageOf(path: string, mtime: number, release: string | null = '6.1.192-gentoo'): BootImage {
  const none = unknown('no-data', 'not asked');
  const identity = { release: release === null ? none : known(release), utsVersion: none, buildId: none };
  return { path, kind: 'bzimage', size: 1, mtime, identity, hash: none };
}
