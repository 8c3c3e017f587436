import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { DockerFacts, StorageDriver } from '../../../src/model/docker.ts';
import { known } from '../../../src/model/fact.ts';
import type { KernelSupport } from '../../../src/verdict/dockerd/kernel-needs.ts';
import { type DriverRow, driverRows } from '../../../src/verdict/dockerd/table.ts';
import { DOCKER, KERNEL, NO_DATA } from '../../support/docker-facts.ts';

function row(
  driver: StorageDriver,
  docker: Partial<DockerFacts> = {},
  kernel: Partial<KernelSupport> = {},
): DriverRow {
  const found = driverRows({ ...DOCKER, ...docker }, { ...KERNEL, ...kernel }).find(
    (each) => each.driver === driver,
  );
  assert.ok(found !== undefined);
  return found;
}

function possible(...args: Parameters<typeof row>): DriverRow['possible'] {
  return row(...args).possible;
}

test('a machine with AUFS, ext4 and an engine that still has all drivers', () => {
  const table = Object.fromEntries(driverRows(DOCKER, KERNEL).map((each) => [each.driver, each.possible]));
  assert.deepEqual(table, {
    aufs: 'yes',
    btrfs: 'no',
    devicemapper: 'yes',
    'fuse-overlayfs': 'no',
    overlay: 'yes',
    overlay2: 'yes',
    vfs: 'yes',
    zfs: 'no',
  });
  assert.deepEqual(row('btrfs').why, ['/var/lib/docker is on ext4, not on btrfs']);
});

test('drivers that this engine no longer has', () => {
  assert.deepEqual(row('aufs', { engine: known('24.0.0') }).why, [
    'removed in Engine 24.0; this is 24.0.0',
    'deprecated since Engine 19.03',
  ]);
  assert.equal(possible('devicemapper', { engine: known('24.0.9') }), 'yes');
  assert.equal(possible('devicemapper', { engine: known('28.4.0') }), 'no');
  assert.equal(possible('overlay', { engine: known('28.4.0') }), 'no');
  assert.equal(possible('overlay2', { engine: known('28.4.0') }), 'yes');
  assert.equal(possible('aufs', { engine: NO_DATA }), 'unknown');
  assert.equal(possible('aufs', { engine: known('mine') }), 'unknown');
  assert.equal(possible('overlay2', { engine: NO_DATA }), 'yes');
});

test('drivers that the package was built without, unless the daemon runs with one', () => {
  const leftOut = known([
    { driver: 'aufs', flag: 'aufs' },
    { driver: 'devicemapper', flag: 'device-mapper' },
  ] as const);
  assert.deepEqual(row('aufs', { leftOut }).why, ['built without USE=aufs', 'deprecated since Engine 19.03']);
  assert.equal(row('devicemapper', { leftOut }).why[0], 'built without USE=device-mapper');
  assert.equal(possible('overlay2', { leftOut }), 'yes');
  assert.equal(possible('aufs', { leftOut, used: known('aufs') }), 'yes');
  assert.equal(possible('aufs', { leftOut, used: known('overlay2') }), 'no');
  assert.equal(possible('aufs', { leftOut: NO_DATA }), 'unknown');
  assert.equal(possible('vfs', { leftOut: NO_DATA }), 'yes');
});

test('aufs: registered, loadable, refused or unknown', () => {
  const filesystems = known(['ext4']);
  assert.equal(possible('aufs', {}, { filesystems, load: () => ({ is: 'yes', why: '' }) }), 'yes');
  assert.equal(
    possible('aufs', {}, { filesystems, load: () => ({ is: 'unknown', why: 'no symbols' }) }),
    'unknown',
  );
  const refused = row('aufs', {}, { filesystems, load: () => ({ is: 'no', why: 'it refuses aufs.ko' }) });
  assert.equal(refused.possible, 'no');
  assert.equal(refused.why[0], 'the kernel has no aufs: it refuses aufs.ko');
});

test('aufs on btrfs', () => {
  const onBtrfs = row('aufs', { backingFilesystem: known('btrfs') });
  assert.equal(onBtrfs.possible, 'no');
  assert.match(onBtrfs.why[0] ?? '', /refuses aufs on btrfs/);
  assert.equal(possible('aufs', { backingFilesystem: NO_DATA }), 'unknown');
});

test('kernel options: built in, module on disk, module missing, not set, unknown', () => {
  const modules = known({ available: [], builtin: [] });
  const options = (value: Record<string, string>) => known(value);
  assert.equal(possible('overlay2', {}, { modules, options: options({ OVERLAY_FS: 'y' }) }), 'yes');
  assert.equal(possible('overlay2', {}, { options: NO_DATA }), 'yes');
  const missing = row('overlay2', {}, { modules, options: options({ OVERLAY_FS: 'm' }) });
  assert.deepEqual(
    [missing.possible, missing.why[0]],
    ['no', 'CONFIG_OVERLAY_FS=m, and the module overlay is not in /lib/modules'],
  );
  const unset = row('overlay2', {}, { modules, options: options({}) });
  assert.deepEqual([unset.possible, unset.why[0]], ['no', 'CONFIG_OVERLAY_FS is not set in the kernel']);
  assert.equal(
    possible('overlay2', {}, { modules: NO_DATA, options: options({ OVERLAY_FS: 'm' }) }),
    'unknown',
  );
  assert.equal(possible('overlay2', {}, { modules, options: NO_DATA }), 'unknown');
  assert.equal(
    possible('overlay2', {}, { filesystems: known(['overlay']), modules, options: NO_DATA }),
    'yes',
  );
  assert.equal(possible('devicemapper', {}, { modules, options: options({ BLK_DEV_DM: 'y' }) }), 'no');
});

test('the file system of the data root', () => {
  assert.equal(possible('btrfs', { backingFilesystem: known('btrfs') }), 'yes');
  assert.equal(possible('btrfs', { backingFilesystem: NO_DATA }), 'unknown');
  assert.equal(
    possible(
      'zfs',
      { backingFilesystem: known('zfs'), programs: known(['zfs']) },
      { filesystems: known(['zfs']) },
    ),
    'yes',
  );
  assert.equal(possible('overlay2', { backingFilesystem: known('nfs4') }), 'no');
  assert.equal(possible('overlay2', { backingFilesystem: known('zfs') }), 'unknown');
  const before = { backingFilesystem: known('zfs'), engine: known('19.03.6') };
  assert.equal(possible('overlay2', before), 'no');
  assert.equal(possible('overlay2', { backingFilesystem: known('xfs') }), 'unknown');
  assert.equal(possible('overlay2', { backingFilesystem: known('xfs'), dType: known(true) }), 'yes');
  assert.equal(possible('overlay2', { backingFilesystem: known('xfs'), dType: known(false) }), 'no');
});

test('drawbacks are reported and prevent nothing', () => {
  assert.deepEqual(row('vfs'), {
    driver: 'vfs',
    possible: 'yes',
    why: ['no copy on write: each layer is a whole copy of the root filesystem'],
    lacks: [],
  });
  const loop = row('devicemapper', { loopback: known(true) });
  assert.equal(loop.possible, 'yes');
  assert.match(loop.why[0] ?? '', /loop files/);
});
