import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ContainerStorage } from '../../../src/model/container-storage.ts';
import { known } from '../../../src/model/fact.ts';
import { storageStart, storageText } from '../../../src/verdict/containers/storage-start.ts';
import type { KernelSupport } from '../../../src/verdict/dockerd/kernel-needs.ts';
import { BARE_KERNEL, home, KERNEL, NO_DATA } from '../../support/docker-facts.ts';

const STORAGE: ContainerStorage = {
  programs: ['podman'],
  configuration: known({ path: '/etc/containers/storage.conf', driver: null, mountProgram: null }),
  graphRoot: '/var/lib/containers/storage',
  backingFilesystem: known('ext4'),
  dType: NO_DATA,
  homes: known([]),
  driverPrograms: known([]),
  database: false,
};

function named(driver: string, mountProgram: { path: string; isThere: boolean } | null = null) {
  return { configuration: known({ path: '/etc/containers/storage.conf', driver, mountProgram }) };
}

function end(storage: Partial<ContainerStorage>, kernel: KernelSupport = KERNEL): string {
  const found = storageStart({ ...STORAGE, ...storage }, kernel);
  switch (found.is) {
    case 'starts':
      return `${found.driver} ${found.by}`;
    case 'refuses':
      return `refuses ${found.driver} ${found.lack.of}`;
    case 'several':
      return 'several';
    case 'unknown':
      return found.driver === null ? 'unknown' : `unknown ${found.driver}`;
  }
}

test('the driver that storage.conf names; overlay2 means overlay', () => {
  assert.equal(end(named('overlay')), 'overlay asked');
  assert.equal(end(named('overlay2')), 'overlay asked');
  assert.equal(end(named('vfs'), BARE_KERNEL), 'vfs asked');
  assert.equal(end(named('btrfs')), 'refuses btrfs filesystem');
  assert.equal(end({ ...named('btrfs'), backingFilesystem: known('btrfs') }), 'btrfs asked');
  assert.equal(end(named('nonsense')), 'refuses nonsense engine');
  assert.equal(end(named('fuse-overlayfs')), 'refuses fuse-overlayfs engine');
});

test('overlay needs the kernel, or a mount program', () => {
  assert.equal(end(named('overlay'), BARE_KERNEL), 'refuses overlay kernel');
  assert.equal(
    end({ ...named('overlay'), driverPrograms: known(['fuse-overlayfs']) }, BARE_KERNEL),
    'overlay asked',
  );
  const program = '/usr/bin/fuse-overlayfs';
  assert.equal(end(named('overlay', { path: program, isThere: true }), BARE_KERNEL), 'overlay asked');
  assert.equal(end(named('overlay', { path: program, isThere: false })), 'refuses overlay program');
  assert.equal(
    end({ ...named('overlay'), backingFilesystem: known('overlay') }),
    'refuses overlay filesystem',
  );
  assert.equal(end({ ...named('overlay'), dType: known(false) }), 'refuses overlay d-type');
  assert.equal(end({ ...named('overlay'), backingFilesystem: known('xfs') }), 'unknown overlay');
});

test('if no driver is named: one that has a directory, else the first that works', () => {
  assert.equal(end({}), 'overlay choice');
  assert.equal(end({}, BARE_KERNEL), 'vfs choice');
  assert.equal(end({ homes: known([home('overlay', { hasData: false })]) }), 'overlay prior');
  assert.equal(end({ homes: known([home('overlay'), home('btrfs')]) }), 'several');
  assert.equal(end({ homes: known([home('btrfs')]) }), 'refuses btrfs filesystem');
  assert.equal(end({ homes: known([home('vfs')]) }), 'overlay choice');
  assert.equal(end({ database: true }), 'unknown');
  assert.equal(end({ homes: NO_DATA }), 'unknown');
});

test('each result has a sentence', () => {
  const sentence = (storage: Partial<ContainerStorage>) =>
    storageText('podman', storageStart({ ...STORAGE, ...storage }, KERNEL));
  assert.equal(sentence(named('vfs')), 'podman: the storage driver vfs.');
  assert.match(
    sentence(named('btrfs')),
    /^podman: the storage driver btrfs does not work: .* is on ext4, not on btrfs\.$/,
  );
  assert.match(
    sentence({ homes: known([home('overlay'), home('btrfs')]) }),
    /directories of overlay and btrfs\.$/,
  );
  assert.match(sentence({ database: true }), /is not known: /);
});
