import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { DockerState } from '../../../src/demo/docker.ts';
import { inSync } from '../../../src/demo/in-sync.ts';
import { type Machine, writeMachine } from '../../../src/demo/machine.ts';
import { type DockerFacts, driversWithData } from '../../../src/model/docker.ts';
import { type ConfiguredDriver, configuredDrivers } from '../../../src/model/docker-configuration.ts';
import { known, unknown } from '../../../src/model/fact.ts';
import type { InstalledPackage } from '../../../src/model/portage.ts';
import {
  type DockerReading,
  type DockerSources,
  readDocker,
} from '../../../src/system/docker/read-docker.ts';
import type { Mount } from '../../../src/system/mounts.ts';
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
  ebuild: null,
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
  // Without trees, kernels and modules: nothing here reads them, and writing them takes seconds.
  return {
    ...base,
    packages: base.packages.filter(({ name }) => name === 'docker'),
    trees: [],
    selected: null,
    releases: [],
    boot: { images: [], links: {} },
    docker: { ...plain, ...docker },
    running: base.running && { ...base.running, loaded: [], processes },
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
    mountOf: (path: string) => known(mountedAs(path, path.startsWith('/srv') ? 'btrfs' : 'ext4')),
  };
  return readDocker(openRoot(directory), surroundings, {
    info: async () => assert.fail('a root that is not the host asks no daemon'),
    fileTypes: async () => assert.fail('nor the file systems of the host'),
  });
}

function mountedAs(mountPoint: string, type: string): Mount {
  return { root: '/', mountPoint, type, source: '/dev/sdz', options: [] };
}

function dataOf({ homes }: DockerFacts): readonly string[] {
  return homes.known ? driversWithData(homes.value) : [homes.code];
}

async function requestedBy(wanted: Machine): Promise<readonly ConfiguredDriver[]> {
  return configuredDrivers((await read(lay(wanted))).docker.configuration);
}

test('the demonstration: aufs requested in daemon.json, its directory, the version from the package', async () => {
  const { docker, problems } = await read(lay(inSync(NOW)));
  assert.deepEqual(problems, []);
  const { configuration, ...rest } = docker;
  const dType = unknown('no-data', 'nobody tells whether it keeps file types');
  assert.deepEqual(rest, {
    present: true,
    engine: known('23.0.6'),
    offered: known([]),
    leftOut: known([]),
    used: unknown('no-data', 'no Docker daemon to ask'),
    dataRoot: '/var/lib/docker',
    backingFilesystem: known('ext4'),
    dType,
    loopback: known(false),
    homes: known([{ driver: 'aufs', hasData: true, filesystem: known('ext4'), dType }]),
    programs: known([]),
  });
  assert.deepEqual(configuredDrivers(configuration), [{ driver: 'aufs', where: '/etc/docker/daemon.json' }]);
  const pidfile = { name: 'pidfile', value: null, certain: true };
  assert.deepEqual(configuration.options, [
    { ...pidfile, where: 'the command line of dockerd (process 2112)' },
  ]);
});

test('drivers whose USE flag exists, and that the package was built without', async () => {
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

test('of four places the running command line comes first and daemon.json last', async () => {
  const everywhere = machine(
    {
      daemonJson: '{"storage-driver": "vfs"}',
      confD: 'DOCKER_OPTS="-H fd:// --storage-driver=btrfs"\n',
      dropIns: { '10-storage.conf': '[Service]\nExecStart=\nExecStart=/usr/bin/dockerd -s zfs\n' },
    },
    ['-p', '/run/docker.pid', '--storage-driver', 'overlay2'],
  );
  assert.deepEqual(await requestedBy(everywhere), [
    { driver: 'overlay2', where: 'the command line of dockerd (process 77)' },
    { driver: 'btrfs', where: 'DOCKER_OPTS in /etc/conf.d/docker' },
    { driver: 'zfs', where: 'ExecStart in /etc/systemd/system/docker.service.d/10-storage.conf' },
    { driver: 'vfs', where: '/etc/docker/daemon.json' },
  ]);
});

test('a place of the init system that does not run does not count', async () => {
  const both = machine({
    confD: 'DOCKER_OPTS="-s btrfs"\n',
    dropIns: { 'x.conf': '[Service]\nExecStart=/usr/bin/dockerd -s zfs\n' },
  });
  const drivers = async (marker: string): Promise<string[]> =>
    (await requestedBy({ ...both, files: { [marker]: '' } })).map(({ driver }) => driver);
  assert.deepEqual(await drivers('/run/systemd/system/keep'), ['zfs']);
  assert.deepEqual(await drivers('/run/openrc/softlevel'), ['btrfs']);
});

test('drop-ins are sorted by name, /etc is before /usr/lib, and a masked unit has none', async () => {
  const unit = (driver: string): string => `[Service]\nExecStart=\nExecStart=/usr/bin/dockerd -s ${driver}\n`;
  const directory = lay(machine({ dropIns: { '20.conf': unit('zfs') } }));
  layOut(directory, {
    'usr/lib/systemd/system/docker.service': unit('vfs'),
    'usr/lib/systemd/system/docker.service.d/10.conf': unit('aufs'),
    'usr/lib/systemd/system/docker.service.d/20.conf': unit('btrfs'),
  });
  assert.deepEqual(
    configuredDrivers((await read(directory)).docker.configuration).map(({ driver }) => driver),
    ['zfs'],
  );
  rmSync(join(directory, 'etc/systemd/system/docker.service.d/20.conf'));
  assert.deepEqual(
    configuredDrivers((await read(directory)).docker.configuration).map(({ driver }) => driver),
    ['btrfs'],
  );
  symlinkSync('/dev/null', join(directory, 'etc/systemd/system/docker.service'));
  const masked = await read(directory);
  assert.deepEqual([configuredDrivers(masked.docker.configuration), masked.problems], [[], []]);
});

test('DOCKER_DRIVER in the environment of dockerd overrides its options', async () => {
  const directory = lay(machine({}, ['-s', 'overlay2']));
  writeFileSync(join(directory, 'proc/77/environ'), 'PATH=/bin\0DOCKER_DRIVER=aufs\0');
  assert.deepEqual(configuredDrivers((await read(directory)).docker.configuration), [
    { driver: 'aufs', where: 'DOCKER_DRIVER in the environment of dockerd (process 77)' },
    { driver: 'overlay2', where: 'the command line of dockerd (process 77)' },
  ]);
});

test('DOCKER_DRIVER in conf.d counts if it is exported: dockerd does not receive the others', async () => {
  const requestedIn = async (confD: string) =>
    configuredDrivers((await read(lay(machine({ confD })))).docker.configuration);
  const where = 'DOCKER_DRIVER in /etc/conf.d/docker';
  for (const confD of [
    'export DOCKER_DRIVER=zfs\n',
    'DOCKER_DRIVER=zfs\nexport DOCKER_DRIVER\n',
    'DOCKER_DRIVER="zfs"; export TMPDIR DOCKER_DRIVER # both',
  ])
    assert.deepEqual((await requestedIn(confD))[0], { driver: 'zfs', where }, confD);
  for (const confD of ['DOCKER_DRIVER=zfs\n', 'DOCKER_DRIVER=zfs\n# export DOCKER_DRIVER\n'])
    assert.deepEqual(await requestedIn(confD), [], confD);
});

test('a rootless dockerd is not the one of the system', async () => {
  const directory = lay(machine({}, ['-s', 'fuse-overlayfs']));
  layOut(directory, { 'proc/77/status': 'Name:\tdockerd\nUid:\t1000\t1000\t1000\t1000\n' });
  assert.deepEqual(configuredDrivers((await read(directory)).docker.configuration), []);
  writeFileSync(join(directory, 'proc/77/status'), 'Name:\tdockerd\nUid:\t0\t0\t0\t0\n');
  assert.equal(configuredDrivers((await read(directory)).docker.configuration).length, 1);
});

test('dockerd is found over its pid file, if that process is a dockerd', async () => {
  const directory = lay(machine({}, ['-s', 'aufs']));
  layOut(directory, { 'run/docker.pid': '78\n', 'proc/78/cmdline': 'dockerd\0-s\0zfs\0' });
  assert.deepEqual(
    configuredDrivers((await read(directory)).docker.configuration).map(({ driver }) => driver),
    ['zfs'],
  );
  writeFileSync(join(directory, 'proc/78/cmdline'), 'vim\0dockerd\0-s\0zfs\0');
  assert.deepEqual(
    configuredDrivers((await read(directory)).docker.configuration).map(({ driver }) => driver),
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
  assert.deepEqual(dataOf(docker), ['devicemapper']);
});

test('a data root behind a symlink is read at its target, a missing one where it would be created', async () => {
  const directory = lay(machine({ daemonJson: '{"data-root": "/var/data"}', dataRoot: '/srv/docker' }));
  const seen: string[] = [];
  const check = async (): Promise<void> => {
    const mountOf = (path: string) => {
      seen.push(path);
      return known(mountedAs(path, 'ext4'));
    };
    await readDocker(openRoot(directory), { packages: [DOCKER], mountOf });
  };
  await check();
  symlinkSync('/srv/docker', join(directory, 'var/data'));
  await check();
  assert.deepEqual(seen, ['/var', '/srv/docker']);
});

test('an empty directory of a driver is no data', async () => {
  const directory = lay(machine({ drivers: ['overlay2'] }));
  mkdirSync(join(directory, 'var/lib/docker/aufs'));
  assert.deepEqual(dataOf((await read(directory)).docker), ['overlay2']);
});

test('the answer of a running daemon counts; without one the disk does', async () => {
  const directory = lay(
    machine({ drivers: ['devicemapper'], daemonJson: '{"storage-driver": "vfs"}' }, ['-H', 'fd://']),
  );
  layOut(directory, { 'var/run/docker.sock': '' });
  const host = { ...openRoot(directory), isHost: true };
  const surroundings = {
    packages: [DOCKER],
    mountOf: (path: string) => known(mountedAs(path, 'ext4')),
  };
  const status = new Map([
    ['Data loop file', '/srv/data'],
    ['Supports d_type', 'false'],
  ]);
  const answer = { engine: '20.10.24', driver: 'devicemapper', dataRoot: '/var/lib/docker', status };
  const ask = (info: DockerSources['info']) =>
    readDocker(host, surroundings, { info, fileTypes: async () => known(true) });
  const { docker } = await ask(async () => known(answer));
  assert.deepEqual([docker.engine, docker.used], [known('20.10.24'), known('devicemapper')]);
  assert.deepEqual(configuredDrivers(docker.configuration), [
    { driver: 'vfs', where: '/etc/docker/daemon.json' },
  ]);
  // The daemon's answer about the file system is about the directory of its driver.
  assert.deepEqual([docker.loopback, docker.dType], [known(true), known(true)]);
  assert.deepEqual(docker.homes.known && docker.homes.value.map(({ dType }) => dType), [known(false)]);
  const silent = await ask(async () => unknown('timeout', 'too long'));
  assert.deepEqual(silent.docker.engine, known('23.0.6'));
  assert.deepEqual(silent.docker.used, unknown('timeout', 'too long'));
  assert.deepEqual(dataOf(silent.docker), ['devicemapper']);
  rmSync(join(directory, 'proc/77'), { recursive: true });
  await ask(async () => assert.fail('a question would start the daemon'));
  rmSync(join(directory, 'var/run/docker.sock'));
  await ask(async () => assert.fail('without a socket nobody is asked'));
});

test('a driver directory that is a separate mount', async () => {
  const directory = lay(machine({ drivers: ['overlay2'] }));
  const called: string[] = [];
  const { docker } = await readDocker(
    { ...openRoot(directory), isHost: true },
    {
      packages: [DOCKER],
      mountOf: (path: string) =>
        known(
          path.endsWith('/overlay2') ? mountedAs('/var/lib/docker/overlay2', 'xfs') : mountedAs('/', 'btrfs'),
        ),
    },
    {
      info: async () => assert.fail('there is no daemon'),
      fileTypes: async ({ mountPoint }) => {
        called.push(mountPoint);
        return known(mountPoint !== '/');
      },
    },
  );
  assert.deepEqual([docker.backingFilesystem, docker.dType], [known('btrfs'), known(false)]);
  assert.deepEqual(
    docker.homes,
    known([{ driver: 'overlay2', hasData: true, filesystem: known('xfs'), dType: known(true) }]),
  );
  assert.deepEqual(called, ['/', '/var/lib/docker/overlay2']);
});

test('with userns-remap the drivers have another directory in the data root', async () => {
  const dataRoot = async (remap: string): Promise<string> => {
    const daemonJson = JSON.stringify({ 'userns-remap': remap, 'data-root': '/srv' });
    const directory = lay(machine({ daemonJson }));
    layOut(directory, {
      'etc/passwd': 'root:x:0:0::/:/bin/sh\ndockremap:x:120:130::/:/bin/false\nbob:x:1000:1000::/:/bin/sh\n',
      'etc/subuid': 'bob:100000:65536\ndockremap:165536:65536\ndockremap:65536:10\n',
      'etc/subgid': '1000:200000:65536\ndockremap:165536:65536\n',
    });
    return (await read(directory)).docker.dataRoot;
  };
  assert.equal(await dataRoot('default'), '/srv/165536.165536');
  assert.equal(await dataRoot('bob'), '/srv/100000.200000');
  assert.equal(await dataRoot('1000:1000'), '/srv/100000.200000');
  assert.equal(await dataRoot('root'), '/srv');
  assert.equal(await dataRoot('nobody'), '/srv');
});

test('if both option and file set the data root, that of the file counts, under either name', async () => {
  const dataRoot = async (daemonJson: string | null, ...words: string[]) =>
    (await read(lay(machine({ daemonJson }, words)))).docker.dataRoot;
  assert.equal(await dataRoot('{"data-root": "/srv/a"}', '-g', '/srv/b'), '/srv/a');
  assert.equal(await dataRoot('{"graph": "/srv/a"}', '--data-root', '/srv/b'), '/srv/a');
  assert.equal(await dataRoot('{}', '-g', '/srv/b'), '/srv/b');
  assert.equal(await dataRoot(null), '/var/lib/docker');
});

test('another configuration file is read instead of daemon.json, and must exist', async () => {
  const directory = lay(
    machine({ daemonJson: '{"storage-driver": "vfs"}' }, ['--config-file=/etc/other.json']),
  );
  const { file } = (await read(directory)).docker.configuration;
  assert.deepEqual(file, { path: '/etc/other.json', named: true, content: { state: 'missing' } });
  layOut(directory, { 'etc/other.json': '{"storage-driver": "zfs"}' });
  assert.deepEqual(configuredDrivers((await read(directory)).docker.configuration), [
    { driver: 'zfs', where: '/etc/other.json' },
  ]);
});

test('the engines in repositories and binary packages, the oldest first and without live ones', async () => {
  const directory = lay(machine({}));
  layOut(directory, {
    'var/db/repos/gentoo/app-containers/docker/docker-28.4.0-r1.ebuild': '',
    'var/db/repos/gentoo/app-containers/docker/docker-9999.ebuild': '',
    'var/db/repos/gentoo/app-containers/docker/Manifest': '',
    'var/db/repos/mine/app-containers/docker/docker-27.5.1.ebuild': '',
    'var/cache/binpkgs/app-containers/docker/docker-29.0.0-1.gpkg.tar': '',
    'var/cache/binpkgs/app-containers/docker-compose-2.0.0.tbz2': '',
  });
  assert.deepEqual((await read(directory)).docker.offered, known(['27.5.1', '28.4.0', '29.0.0']));
});

test('programs that drivers call', async () => {
  const directory = lay(machine({}));
  layOut(directory, { 'usr/bin/fuse-overlayfs': '', 'usr/sbin/zfs/x': '' });
  assert.deepEqual((await read(directory)).docker.programs, known(['fuse-overlayfs']));
});

test('an option is certain if it is known which init system starts dockerd', async () => {
  const certain = async (wanted: Machine) =>
    (await read(lay(wanted))).docker.configuration.options.map((option) => [option.value, option.certain]);
  const openrc = machine({ confD: 'DOCKER_OPTS="-s zfs"\n' });
  assert.deepEqual(await certain(openrc), [['zfs', false]]);
  assert.deepEqual(await certain({ ...openrc, files: { '/run/openrc/softlevel': 'default\n' } }), [
    ['zfs', true],
  ]);
  assert.deepEqual(await certain(machine({}, ['-s', 'vfs'])), [['vfs', true]]);
});

test('a machine without Docker', async () => {
  const { docker } = await read(lay({ ...inSync(NOW), docker: null }), []);
  assert.equal(docker.present, false);
  assert.equal(docker.engine.known, false);
});

test('without the package Docker is present if it left files', async () => {
  const { docker } = await read(lay(machine({ drivers: ['overlay2'] })), []);
  assert.equal(docker.present, true);
  assert.equal(docker.engine.known ? '' : docker.engine.code, 'no-data');
});

test('hostile files become problems, and everything else is still read', async () => {
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
    const { docker, problems } = await read(directory);
    assert.deepEqual(configuredDrivers(docker.configuration), [
      { driver: 'btrfs', where: 'DOCKER_OPTS in /etc/conf.d/docker' },
    ]);
    assert.deepEqual(dataOf(docker), ['btrfs']);
    assert.deepEqual(
      problems.map(({ path }) => path),
      ['/etc/docker/daemon.json'],
    );
    if (reason !== 'no directory') assert.ok(problems[0]?.detail.includes(reason), problems[0]?.detail);
  }
});

test('names and paths with control characters are refused', async () => {
  const spoilt = '{"storage-driver": "aufs\\u001b[2J", "data-root": "/srv/\\u0000x"}';
  const { docker, problems } = await read(lay(machine({ daemonJson: spoilt })));
  assert.deepEqual([configuredDrivers(docker.configuration), docker.dataRoot], [[], '/var/lib/docker']);
  assert.match(problems[0]?.detail ?? '', /a name that cannot be one/);
});

test('a data root that is a file or unreadable is unknown, without an alarm', async () => {
  const directory = lay(machine({ daemonJson: '{"data-root": "/etc/fstab"}' }));
  const { docker } = await read(directory);
  assert.deepEqual(docker.homes, known([]));
});
