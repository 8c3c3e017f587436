import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { DockerState } from '../../../src/demo/docker.ts';
import { inSync } from '../../../src/demo/in-sync.ts';
import { type Machine, writeMachine } from '../../../src/demo/machine.ts';
import type { AskedDriver } from '../../../src/model/docker.ts';
import { known, unknown } from '../../../src/model/fact.ts';
import type { InstalledPackage } from '../../../src/model/portage.ts';
import { type DockerReading, readDocker } from '../../../src/system/docker/read-docker.ts';
import { openRoot } from '../../../src/system/root.ts';
import { layOut, temporaryDirectory } from '../../support/temporary.ts';

const NOW = Date.UTC(2026, 10, 23, 9);

const DOCKER: InstalledPackage = {
  cpv: 'app-containers/docker-23.0.6-r1',
  category: 'app-containers',
  name: 'docker',
  version: '23.0.6-r1',
  kinds: ['docker'],
  asksForSymvers: false,
  slot: known('0'),
  repository: known('gentoo'),
  use: known([]),
  iuse: known([]),
  buildTime: known(NOW),
  counter: known(1),
  mergedAt: NOW,
  modules: [],
  trees: [],
  patches: [],
};

function machine(docker: Partial<DockerState>, dockerd: readonly string[] = []): Machine {
  const base = inSync(NOW);
  const plain: DockerState = {
    daemonJson: null,
    confD: null,
    dropIns: {},
    dataRoot: '/var/lib/docker',
    drivers: [],
  };
  const processes =
    dockerd.length > 0 ? { 1: ['init'], 77: ['/usr/bin/dockerd', ...dockerd] } : { 1: ['init'] };
  return {
    ...base,
    docker: { ...plain, ...docker },
    running: base.running && { ...base.running, processes },
  };
}

function lay(wanted: Machine): string {
  const directory = join(temporaryDirectory(), 'root');
  writeMachine(directory, wanted);
  return directory;
}

async function read(
  directory: string,
  packages: readonly InstalledPackage[] = [DOCKER],
): Promise<DockerReading> {
  const surroundings = {
    packages,
    filesystemOf: (path: string) => known(path.startsWith('/srv') ? 'btrfs' : 'ext4'),
  };
  return readDocker(openRoot(directory), surroundings, async () =>
    assert.fail('a root that is not the host asks no daemon'),
  );
}

async function asked(wanted: Machine): Promise<readonly AskedDriver[]> {
  return (await read(lay(wanted))).docker.asked;
}

test('the demonstration: aufs asked for in daemon.json, used by its directory, the version from the package', async () => {
  const { docker, troubles } = await read(lay(inSync(NOW)));
  assert.deepEqual(troubles, []);
  assert.deepEqual(docker, {
    present: true,
    engine: known('23.0.6'),
    leftOut: known([]),
    used: known({ driver: 'aufs', by: 'directories' }),
    asked: [{ driver: 'aufs', where: '/etc/docker/daemon.json' }],
    twice: null,
    dataRoot: '/var/lib/docker',
    backingFilesystem: known('ext4'),
    dType: unknown('no-data', 'only a daemon that uses overlay2 tells'),
    loopback: known(false),
    directories: known(['aufs']),
  });
});

test('drivers whose flag the package has, and was built without', async () => {
  const { packages, ...base } = machine({});
  const leftOut = async (iuse: readonly string[], use: InstalledPackage['use']) => {
    const flags = packages.map((pkg) => (pkg.name === 'docker' ? { ...pkg, iuse } : pkg));
    const installed = { ...DOCKER, cpv: 'app-containers/docker-23.0.6', use };
    return (await read(lay({ ...base, packages: flags }), [installed])).docker.leftOut;
  };
  // As in the ebuilds of 23 and of 28.
  const earlier = ['apparmor', 'aufs', 'btrfs', 'device-mapper', 'overlay'];
  assert.deepEqual(
    await leftOut(earlier, known(['amd64', 'aufs'])),
    known([
      { driver: 'btrfs', flag: 'btrfs' },
      { driver: 'devicemapper', flag: 'device-mapper' },
      { driver: 'overlay', flag: 'overlay' },
    ]),
  );
  const later = ['btrfs', '+overlay2', 'systemd'];
  assert.deepEqual(await leftOut(later, known(['overlay2'])), known([{ driver: 'btrfs', flag: 'btrfs' }]));
  assert.deepEqual(
    await leftOut(later, known([])),
    known([
      { driver: 'btrfs', flag: 'btrfs' },
      { driver: 'overlay2', flag: 'overlay2' },
    ]),
  );
  assert.deepEqual(await leftOut(['systemd'], known([])), known([]));
  const unread = unknown('denied', 'USE');
  assert.deepEqual(await leftOut(later, unread), unread);
});

test('four places ask; the running command line comes first and daemon.json last', async () => {
  const everywhere = machine(
    {
      daemonJson: '{"storage-driver": "vfs"}',
      confD: 'DOCKER_OPTS="-H fd:// --storage-driver=btrfs"\n',
      dropIns: { '10-storage.conf': '[Service]\nExecStart=\nExecStart=/usr/bin/dockerd -s zfs\n' },
    },
    ['-p', '/run/docker.pid', '--storage-driver', 'overlay2'],
  );
  assert.deepEqual(await asked(everywhere), [
    { driver: 'overlay2', where: 'the command line of dockerd (process 77)' },
    { driver: 'btrfs', where: 'DOCKER_OPTS in /etc/conf.d/docker' },
    { driver: 'zfs', where: 'ExecStart in /etc/systemd/system/docker.service.d/10-storage.conf' },
    { driver: 'vfs', where: '/etc/docker/daemon.json' },
  ]);
});

test('a place of the init system that does not run asks nothing', async () => {
  const both = machine({
    confD: 'DOCKER_OPTS="-s btrfs"\n',
    dropIns: { 'x.conf': '[Service]\nExecStart=/usr/bin/dockerd -s zfs\n' },
  });
  const drivers = async (marker: string): Promise<string[]> =>
    (await asked({ ...both, files: { [marker]: '' } })).map(({ driver }) => driver);
  assert.deepEqual(await drivers('/run/systemd/system/keep'), ['zfs']);
  assert.deepEqual(await drivers('/run/openrc/softlevel'), ['btrfs']);
});

test('drop-ins by name, /etc before /usr/lib, none where the unit is masked', async () => {
  const unit = (driver: string): string => `[Service]\nExecStart=\nExecStart=/usr/bin/dockerd -s ${driver}\n`;
  const directory = lay(machine({ dropIns: { '20.conf': unit('zfs') } }));
  layOut(directory, {
    'usr/lib/systemd/system/docker.service': unit('vfs'),
    'usr/lib/systemd/system/docker.service.d/10.conf': unit('aufs'),
    'usr/lib/systemd/system/docker.service.d/20.conf': unit('btrfs'),
  });
  assert.deepEqual(
    (await read(directory)).docker.asked.map(({ driver }) => driver),
    ['zfs'],
  );
  rmSync(join(directory, 'etc/systemd/system/docker.service.d/20.conf'));
  assert.deepEqual(
    (await read(directory)).docker.asked.map(({ driver }) => driver),
    ['btrfs'],
  );
  symlinkSync('/dev/null', join(directory, 'etc/systemd/system/docker.service'));
  const masked = await read(directory);
  assert.deepEqual([masked.docker.asked, masked.troubles], [[], []]);
});

test('DOCKER_DRIVER in the environment of dockerd outdoes its options', async () => {
  const directory = lay(machine({}, ['-s', 'overlay2']));
  writeFileSync(join(directory, 'proc/77/environ'), 'PATH=/bin\0DOCKER_DRIVER=aufs\0');
  assert.deepEqual((await read(directory)).docker.asked, [
    { driver: 'aufs', where: 'DOCKER_DRIVER in the environment of dockerd (process 77)' },
    { driver: 'overlay2', where: 'the command line of dockerd (process 77)' },
  ]);
});

test('DOCKER_DRIVER in conf.d counts where it is exported: dockerd has nothing of the others', async () => {
  const asked = async (confD: string) => (await read(lay(machine({ confD })))).docker.asked;
  const where = 'DOCKER_DRIVER in /etc/conf.d/docker';
  for (const confD of [
    'export DOCKER_DRIVER=zfs\n',
    'DOCKER_DRIVER=zfs\nexport DOCKER_DRIVER\n',
    'DOCKER_DRIVER="zfs"; export TMPDIR DOCKER_DRIVER # both',
  ])
    assert.deepEqual((await asked(confD))[0], { driver: 'zfs', where }, confD);
  for (const confD of ['DOCKER_DRIVER=zfs\n', 'DOCKER_DRIVER=zfs\n# export DOCKER_DRIVER\n'])
    assert.deepEqual(await asked(confD), [], confD);
});

test('the dockerd of a user is not the one of the system', async () => {
  const directory = lay(machine({}, ['-s', 'fuse-overlayfs']));
  layOut(directory, { 'proc/77/status': 'Name:\tdockerd\nUid:\t1000\t1000\t1000\t1000\n' });
  assert.deepEqual((await read(directory)).docker.asked, []);
  writeFileSync(join(directory, 'proc/77/status'), 'Name:\tdockerd\nUid:\t0\t0\t0\t0\n');
  assert.equal((await read(directory)).docker.asked.length, 1);
});

test('dockerd by its pid file, if the process is still one', async () => {
  const directory = lay(machine({}, ['-s', 'aufs']));
  layOut(directory, { 'run/docker.pid': '78\n', 'proc/78/cmdline': 'dockerd\0-s\0zfs\0' });
  assert.deepEqual(
    (await read(directory)).docker.asked.map(({ driver }) => driver),
    ['zfs'],
  );
  writeFileSync(join(directory, 'proc/78/cmdline'), 'vim\0dockerd\0-s\0zfs\0');
  assert.deepEqual(
    (await read(directory)).docker.asked.map(({ driver }) => driver),
    ['aufs'],
  );
});

test('another data root: its file system, its directories, loop files', async () => {
  const directory = lay(
    machine({
      daemonJson: '{"data-root": "/srv/docker"}',
      dataRoot: '/srv/docker',
      drivers: ['devicemapper'],
    }),
  );
  const { docker } = await read(directory);
  assert.equal(docker.dataRoot, '/srv/docker');
  assert.deepEqual(docker.backingFilesystem, known('btrfs'));
  assert.deepEqual(docker.loopback, known(true));
  assert.deepEqual(docker.used, known({ driver: 'devicemapper', by: 'directories' }));
});

test('a data root behind a symlink is looked up where it leads, a missing one where it would be made', async () => {
  const directory = lay(machine({ daemonJson: '{"data-root": "/var/data"}', dataRoot: '/srv/docker' }));
  const seen: string[] = [];
  const look = async (): Promise<void> => {
    const filesystemOf = (path: string) => {
      seen.push(path);
      return known('ext4');
    };
    await readDocker(openRoot(directory), { packages: [DOCKER], filesystemOf });
  };
  await look();
  symlinkSync('/srv/docker', join(directory, 'var/data'));
  await look();
  assert.deepEqual(seen, ['/var', '/srv/docker']);
});

test('which driver is used, by the directories alone', async () => {
  const used = async (drivers: string[], daemonJson: string | null = null): Promise<unknown> => {
    const fact = (await read(lay(machine({ drivers, daemonJson })))).docker.used;
    return fact.known ? (fact.value?.driver ?? null) : fact.code;
  };
  assert.equal(await used([]), null);
  assert.equal(await used(['overlay2', 'vfs']), 'overlay2');
  assert.equal(await used(['vfs']), null);
  assert.equal(await used(['vfs'], '{"storage-driver": "vfs"}'), 'vfs');
  assert.equal(await used(['aufs', 'overlay2']), null);
  assert.equal(await used(['aufs', 'overlay2'], '{"storage-driver": "overlay2"}'), 'overlay2');
});

test('an empty directory of a driver is no data', async () => {
  const directory = lay(machine({ drivers: ['overlay2'] }));
  mkdirSync(join(directory, 'var/lib/docker/aufs'));
  assert.deepEqual((await read(directory)).docker.directories, known(['overlay2']));
});

test('a daemon that answers is believed; one that does not leaves the disk to tell', async () => {
  const directory = lay(
    machine({ drivers: ['devicemapper'], daemonJson: '{"storage-driver": "vfs"}' }, ['-H', 'fd://']),
  );
  layOut(directory, { 'var/run/docker.sock': '' });
  const host = { ...openRoot(directory), isHost: true };
  const surroundings = { packages: [DOCKER], filesystemOf: (path: string) => known(path) };
  const status = new Map([
    ['Data loop file', '/srv/data'],
    ['Supports d_type', 'false'],
  ]);
  const answer = { engine: '20.10.24', driver: 'devicemapper', dataRoot: '/etc', status };
  const { docker } = await readDocker(host, surroundings, async () => known(answer));
  assert.deepEqual(docker.engine, known('20.10.24'));
  assert.deepEqual(docker.used, known({ driver: 'devicemapper', by: 'daemon' }));
  assert.deepEqual(docker.asked, [{ driver: 'vfs', where: '/etc/docker/daemon.json' }]);
  assert.deepEqual([docker.dataRoot, docker.backingFilesystem], ['/etc', known('/etc')]);
  assert.deepEqual([docker.loopback, docker.dType], [known(true), known(false)]);
  const silent = await readDocker(host, surroundings, async () => unknown('timeout', 'too long'));
  assert.deepEqual(silent.docker.engine, known('23.0.6'));
  assert.deepEqual(silent.docker.used, known({ driver: 'devicemapper', by: 'directories' }));
  rmSync(join(directory, 'proc/77'), { recursive: true });
  await readDocker(host, surroundings, async () => assert.fail('a question would start the daemon'));
  rmSync(join(directory, 'var/run/docker.sock'));
  await readDocker(host, surroundings, async () => assert.fail('without a socket nobody is asked'));
});

test('what a driver that the engine has lost left behind is not what it uses', async () => {
  const directory = lay(machine({ drivers: ['aufs', 'overlay2'] }));
  const used = async (version: string): Promise<unknown> => {
    const { docker } = await read(directory, [{ ...DOCKER, version }]);
    return docker.used.known ? (docker.used.value?.driver ?? null) : docker.used.code;
  };
  assert.equal(await used('23.0.6'), null);
  assert.equal(await used('24.0.0'), 'overlay2');
});

test('an option and daemon.json that give the same setting: dockerd refuses both', async () => {
  const daemonJson = '{"storage-driver": "overlay2"}';
  const twice = async (wanted: Machine) => (await read(lay(wanted))).docker.twice;
  const file = '/etc/docker/daemon.json';
  assert.deepEqual(await twice(machine({ daemonJson }, ['-s', 'overlay2'])), {
    setting: 'storage-driver',
    option: 'the command line of dockerd (process 77)',
    file,
  });
  const openrc = {
    ...machine({ daemonJson: '{"data-root": "/srv"}', confD: 'DOCKER_OPTS="--data-root /srv"\n' }),
  };
  assert.deepEqual(await twice({ ...openrc, files: { '/run/openrc/softlevel': 'default\n' } }), {
    setting: 'data-root',
    option: 'DOCKER_OPTS in /etc/conf.d/docker',
    file,
  });
  // In an image nothing tells that it is OpenRC that starts it.
  assert.equal(await twice(openrc), null);
  assert.equal(await twice(machine({ daemonJson, confD: 'export DOCKER_DRIVER=zfs\n' })), null);
});

test('a machine without Docker', async () => {
  const { docker } = await read(lay({ ...inSync(NOW), docker: null }), []);
  assert.equal(docker.present, false);
  assert.equal(docker.engine.known, false);
});

test('without the package it is present by what it left', async () => {
  const { docker } = await read(lay(machine({ drivers: ['overlay2'] })), []);
  assert.equal(docker.present, true);
  assert.equal(docker.engine.known ? '' : docker.engine.code, 'no-data');
});

test('hostile files become troubles, and all else is still read', async () => {
  const rest = { confD: 'DOCKER_OPTS="-s btrfs"\n', drivers: ['btrfs'] };
  const spoil: Readonly<Record<string, (path: string) => void>> = {
    'is not valid JSON': (path) => writeFileSync(path, '{"storage-driver": "aufs"'),
    'is not a regular file': (path) => execFileSync('mkfifo', [path]),
    'is larger than': (path) => {
      writeFileSync(path, '');
      truncateSync(path, 10 * 1024 ** 3);
    },
    'more than 40 symlinks': (path) => symlinkSync('daemon.json', path),
    'no directory': (path) => mkdirSync(path),
  };
  for (const [reason, make] of Object.entries(spoil)) {
    const directory = lay(machine(rest));
    mkdirSync(join(directory, 'etc/docker'), { recursive: true });
    make(join(directory, 'etc/docker/daemon.json'));
    const { docker, troubles } = await read(directory);
    assert.deepEqual(docker.asked, [{ driver: 'btrfs', where: 'DOCKER_OPTS in /etc/conf.d/docker' }]);
    assert.deepEqual(docker.used, known({ driver: 'btrfs', by: 'directories' }));
    assert.deepEqual(
      troubles.map(({ path }) => path),
      ['/etc/docker/daemon.json'],
    );
    if (reason !== 'no directory') assert.ok(troubles[0]?.detail.includes(reason), troubles[0]?.detail);
  }
});

test('names and paths that would spoil a terminal are not taken over', async () => {
  const spoilt = '{"storage-driver": "aufs\\u001b[2J", "data-root": "/srv/\\u0000x"}';
  const { docker, troubles } = await read(lay(machine({ daemonJson: spoilt })));
  assert.deepEqual([docker.asked, docker.dataRoot], [[], '/var/lib/docker']);
  assert.match(troubles[0]?.detail ?? '', /a name that cannot be one/);
});

test('a data root that is a file, or unreadable, is unknown and no alarm', async () => {
  const directory = lay(machine({ daemonJson: '{"data-root": "/etc/fstab"}' }));
  const { docker } = await read(directory);
  assert.deepEqual(docker.directories, known([]));
  assert.deepEqual(docker.used, known(null));
});
