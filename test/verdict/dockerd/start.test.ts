import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { DockerFacts } from '../../../src/model/docker.ts';
import { known } from '../../../src/model/fact.ts';
import type { Start } from '../../../src/verdict/dockerd/answer.ts';
import { dockerStart, failingUpgrade } from '../../../src/verdict/dockerd/outlook.ts';
import { startText } from '../../../src/verdict/dockerd/words.ts';
import { BARE_KERNEL, configured, DOCKER, home, KERNEL, NO_DATA } from '../../support/docker-facts.ts';
import { configuredDriver, end, shown, start } from './endings.ts';

const ON_BTRFS = { backingFilesystem: known('btrfs') };

test('the first driver of the list that works: btrfs before overlay2 up to 20.10, then after it', () => {
  assert.equal(end('20.10.24'), 'overlay2 choice');
  assert.equal(end('20.10.24', ON_BTRFS), 'btrfs choice');
  assert.equal(end('23.0.6', ON_BTRFS), 'overlay2 choice');
  assert.equal(end('20.10.24', {}, BARE_KERNEL), 'vfs choice');
  const withAufs = { ...BARE_KERNEL, filesystems: known(['aufs']) };
  assert.equal(end('20.10.24', {}, withAufs), 'aufs choice');
  // Deprecated drivers are no longer chosen.
  assert.equal(end('23.0.6', {}, withAufs), 'vfs choice');
  assert.equal(end('28.4.0', {}, BARE_KERNEL), 'vfs choice');
});

test('the configured driver counts, whatever has data', () => {
  const homes = known([home('btrfs'), home('aufs')]);
  assert.equal(end('23.0.6', { ...configuredDriver('overlay2'), homes }), 'overlay2 asked');
  assert.equal(end('23.0.6', { ...configuredDriver('vfs'), homes }), 'vfs asked');
  assert.equal(end('23.0.6', configuredDriver('nonsense')), 'refuses lack of engine');
  assert.equal(end('23.0.6', configuredDriver('vieux/sshfs')), 'unknown vieux/sshfs');
  assert.equal(end('28.0.0', configuredDriver('vieux/sshfs')), 'refuses lack of engine');
});

test('a driver that the engine no longer has', () => {
  assert.equal(end('23.0.6', configuredDriver('aufs')), 'aufs asked');
  assert.equal(end('24.0.0', configuredDriver('aufs')), 'refuses removed');
  assert.equal(end('24.0.9', configuredDriver('devicemapper')), 'devicemapper asked');
  assert.equal(end('25.0.0', configuredDriver('devicemapper')), 'refuses removed');
  assert.equal(end('19.03.15', configuredDriver('fuse-overlayfs')), 'refuses lack of engine');
});

test('if one driver has data, it is used as long as it works', () => {
  assert.equal(
    end('23.0.6', { homes: known([home('btrfs', { filesystem: known('btrfs') })]) }),
    'btrfs prior',
  );
  assert.equal(end('23.0.6', { homes: known([home('btrfs')]) }), 'refuses lack of filesystem');
  assert.equal(end('27.5.1', { homes: known([home('overlay2')]) }, BARE_KERNEL), 'refuses lack of kernel');
  // The data of vfs does not count, an empty directory is not data, and a driver that is not there is skipped.
  assert.equal(end('27.5.1', { homes: known([home('vfs')]) }), 'overlay2 choice');
  assert.equal(end('27.5.1', { homes: known([home('btrfs', { hasData: false })]) }), 'overlay2 choice');
  assert.equal(end('27.5.1', { homes: known([home('aufs')]) }), 'overlay2 choice');
  const leftOut = known([{ driver: 'btrfs', flag: 'btrfs' }] as const);
  assert.equal(end('27.5.1', { homes: known([home('btrfs')]), leftOut }), 'overlay2 choice');
});

test('if several drivers have data, dockerd refuses, unless the first of them fails before', () => {
  const both = known([home('overlay2'), home('btrfs', { filesystem: known('btrfs') })]);
  for (const engine of ['20.10.24', '23.0.6', '27.5.1', '29.0.0'])
    assert.equal(end(engine, { homes: both }), 'refuses several', engine);
  assert.equal(
    end('20.10.24', { homes: known([home('overlay2'), home('btrfs')]) }),
    'refuses lack of filesystem',
  );
  assert.equal(end('27.5.1', { homes: both }, BARE_KERNEL), 'refuses lack of kernel');
  // Data of drivers that the engine no longer has is ignored.
  assert.equal(end('24.0.9', { homes: known([home('overlay2'), home('aufs')]) }), 'overlay2 prior');
});

test('a deprecated driver with data must be configured by name', () => {
  const homes = known([home('aufs')]);
  assert.equal(end('20.10.24', { homes }), 'aufs prior');
  assert.equal(end('23.0.6', { homes }), 'refuses deprecated-data');
  assert.equal(end('23.0.6', { homes, ...configuredDriver('aufs') }), 'aufs asked');
  assert.equal(end('24.0.9', { homes: known([home('devicemapper')]) }), 'refuses deprecated-data');
});

test('the file system is that of the directory of the driver, which may be a separate mount', () => {
  const homes = known([home('aufs', { filesystem: known('ext4') })]);
  assert.equal(end('23.0.6', { ...configuredDriver('aufs'), ...ON_BTRFS }), 'refuses lack of filesystem');
  assert.equal(end('23.0.6', { ...configuredDriver('aufs'), ...ON_BTRFS, homes }), 'aufs asked');
  // Except for zfs, which checks the data root.
  const zfs = { programs: known(['zfs'] as const), ...configuredDriver('zfs') };
  const kernel = { ...KERNEL, filesystems: known(['zfs']) };
  const own = known([home('zfs', { filesystem: known('zfs') })]);
  assert.equal(end('23.0.6', { ...zfs, homes: own }, kernel), 'refuses lack of filesystem');
  assert.equal(end('23.0.6', { ...zfs, backingFilesystem: known('zfs') }, kernel), 'zfs asked');
  assert.equal(
    end('23.0.6', { ...zfs, ...configuredDriver('zfs', ['zfs.fsname=tank/docker']) }, kernel),
    'zfs asked',
  );
});

test('programs that a driver calls', () => {
  assert.equal(end('23.0.6', configuredDriver('fuse-overlayfs')), 'refuses lack of program');
  assert.equal(
    end('23.0.6', { ...configuredDriver('fuse-overlayfs'), programs: known(['fuse-overlayfs']) }),
    'fuse-overlayfs asked',
  );
  assert.equal(
    end('23.0.6', { ...configuredDriver('zfs'), backingFilesystem: known('zfs') }),
    'refuses lack of program',
  );
});

test('storage-opts belong to one driver', () => {
  assert.equal(end('23.0.6', configuredDriver('overlay2', ['dm.basesize=20G'])), 'refuses lack of option');
  assert.equal(end('23.0.6', configuredDriver('overlay2', ['nonsense'])), 'refuses lack of option');
  assert.equal(end('23.0.6', configuredDriver('overlay2', ['overlay2.size=10G'])), 'refuses lack of option');
  assert.equal(end('23.0.6', configuredDriver('overlay2', ['overlay2.size=much'])), 'refuses lack of option');
  const onXfs = { backingFilesystem: known('xfs'), dType: known(true) };
  assert.equal(
    end('23.0.6', { ...configuredDriver('overlay2', ['overlay2.size=10G']), ...onXfs }),
    'unknown overlay2',
  );
  assert.equal(end('23.0.6', configuredDriver('aufs', ['dm.basesize=20G'])), 'aufs asked');
  assert.equal(end('23.0.6', configuredDriver('vfs', ['size=10G'])), 'vfs asked');
  assert.equal(end('23.0.6', configuredDriver('vfs', ['overlay2.size=10G'])), 'refuses lack of option');
  // No driver is set: an option that overlay2 refuses ends dockerd, a file system that it refuses skips the driver.
  const options = { configuration: configured('{"storage-opts": ["dm.basesize=20G"]}') };
  assert.equal(end('23.0.6', options), 'refuses lack of option');
});

test('d_type: a warning up to 20.10 if there is data, else an error; predicted before the upgrade', () => {
  const lacking = { backingFilesystem: known('xfs'), dType: known(false) };
  const homes = known([home('overlay2', { filesystem: known('xfs'), dType: known(false) })]);
  const found = start('20.10.24', { ...lacking, homes });
  assert.ok(found.is === 'starts' && found.warns?.includes('without d_type'));
  assert.equal(end('20.10.24', { ...configuredDriver('overlay2'), ...lacking }), 'refuses lack of d-type');
  // Up to 20.10 it starts with its data, with or without d_type; whether 23.0 starts is then not known.
  const untold = known([home('overlay2', { filesystem: known('xfs') })]);
  const onXfs = { backingFilesystem: known('xfs') };
  const perhaps = start('20.10.24', { ...onXfs, homes: untold });
  assert.ok(perhaps.is === 'starts' && perhaps.warns?.includes('from Engine 23.0 on'));
  assert.equal(end('23.0.6', { ...onXfs, homes: untold }), 'unknown overlay2');
  assert.equal(end('23.0.6', { ...lacking, homes }), 'refuses lack of d-type');
  const upgrade = failingUpgrade({ ...DOCKER, engine: known('20.10.24'), ...lacking, homes }, KERNEL);
  assert.deepEqual([upgrade?.version, upgrade?.isOffered], ['23.0', false]);
});

test("containerd's image store: a feature from 24.0, the default of 29 if no driver has data", () => {
  const feature = (on: boolean) => ({
    configuration: configured(JSON.stringify({ features: { 'containerd-snapshotter': on } })),
  });
  assert.equal(end('23.0.6', feature(true)), 'overlay2 choice');
  assert.equal(end('24.0.9', feature(true)), 'containerd overlayfs choice');
  assert.equal(end('28.4.0', feature(false)), 'overlay2 choice');
  assert.equal(end('29.0.0'), 'containerd overlayfs choice');
  assert.equal(end('29.0.0', {}, BARE_KERNEL), 'containerd native choice');
  assert.equal(end('29.0.0', feature(false)), 'overlay2 choice');
  assert.equal(end('29.0.0', { homes: known([home('overlay2')]) }), 'overlay2 prior');
  assert.equal(end('29.0.0', { homes: known([home('vfs')]) }), 'containerd overlayfs choice');
  assert.equal(end('29.0.0', configuredDriver('vfs')), 'vfs asked');
  assert.equal(end('29.0.0', configuredDriver('native')), 'containerd native asked');
  assert.equal(end('29.0.0', configuredDriver('aufs')), 'refuses lack of engine');
  assert.equal(
    end('29.0.0', { ...configuredDriver('aufs'), homes: known([home('overlay2')]) }),
    'refuses removed',
  );
  const both = { features: { 'containerd-snapshotter': true }, 'storage-driver': 'overlay2' };
  assert.equal(end('29.0.0', { configuration: configured(JSON.stringify(both)) }), 'refuses lack of engine');
  const option = { configuration: configured(null, '--feature containerd-snapshotter=true') };
  assert.equal(end('28.4.0', option), 'containerd overlayfs choice');
});

test('an unknown fact is reported, and is no refusal', () => {
  assert.equal(end('23.0.6', { homes: NO_DATA }), 'unknown');
  assert.equal(end('23.0.6', { ...configuredDriver('aufs'), backingFilesystem: NO_DATA }), 'unknown aufs');
  assert.equal(end('23.0.6', { leftOut: NO_DATA, homes: known([home('btrfs')]) }), 'unknown btrfs');
  const unreadable = {
    ...DOCKER.configuration,
    file: { ...DOCKER.configuration.file, content: { state: 'unreadable', why: 'denied' } as const },
  };
  assert.equal(end('23.0.6', { configuration: unreadable }), 'unknown');
});

test('for an engine of unknown version, only the rules of all versions count', () => {
  const ofAll = (docker: Partial<DockerFacts>): string =>
    shown(dockerStart({ ...DOCKER, engine: NO_DATA, ...docker }, KERNEL));
  assert.equal(ofAll(configuredDriver('vfs')), 'vfs asked');
  assert.equal(ofAll(configuredDriver('aufs')), 'unknown aufs');
  assert.equal(ofAll({ configuration: configured('{"nonsense": 1}') }), 'refuses unknown-directives');
  assert.equal(ofAll({ configuration: configured('{"graph": "/srv"}') }), 'unknown');
});

test('an upgrade that will not start, among those that are offered', () => {
  const docker = {
    ...DOCKER,
    ...configuredDriver('aufs'),
    offered: known(['23.0.6', '23.0.9', '24.0.9', '28.4.0']),
  };
  const upgrade = failingUpgrade(docker, KERNEL);
  assert.deepEqual([upgrade?.version, upgrade?.isOffered], ['24.0.9', true]);
  assert.equal(failingUpgrade({ ...docker, offered: known(['23.0.9']) }, KERNEL), null);
  assert.equal(failingUpgrade({ ...docker, ...configuredDriver('overlay2') }, KERNEL), null);
  // If it does not start today, the upgrade is not the problem.
  assert.equal(failingUpgrade({ ...docker, ...configuredDriver('nonsense') }, KERNEL), null);
});

test('each result has a sentence', () => {
  const sentence = (found: Start) => startText('dockerd 23.0.6', found, '/var/lib/docker');
  assert.equal(
    sentence(start('23.0.6', configuredDriver('aufs'))),
    'dockerd 23.0.6 starts with the storage driver aufs, which is set.',
  );
  assert.equal(
    sentence(start('24.0.9', { configuration: configured('{"graph": "/srv"}') })),
    'dockerd 23.0.6 does not start: /etc/docker/daemon.json sets "graph", which this engine does not know.',
  );
  assert.match(
    sentence(start('23.0.6', { homes: NO_DATA })),
    /^Whether dockerd 23\.0\.6 starts is not known: /,
  );
});
