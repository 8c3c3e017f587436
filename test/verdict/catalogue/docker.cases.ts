import type { Build } from '../../../src/demo/kernel.ts';
import type { Machine } from '../../../src/demo/machine.ts';
import { type Fact, known, mapFact, unknown } from '../../../src/model/fact.ts';
import type { Snapshot } from '../../../src/model/snapshot.ts';
import { SCENARIOS } from '../../support/demo/scenarios.ts';
import { endless, NOW, notAFile, type Scene } from '../../support/machines.ts';
import type { Case } from './case.ts';
import { bootedInto, IN_SYNC, withDriver, withoutPackage, withoutRunning, withPackage } from './changes.ts';

const LOOP_FILE = '/var/lib/docker/devicemapper/devicemapper/data';

function onBtrfs(machine: Machine): Machine {
  const mounts = machine.running?.mounts.map((mount) =>
    mount.point === '/var/lib/docker' ? { ...mount, type: 'btrfs' } : mount,
  );
  return { ...machine, running: machine.running && { ...machine.running, mounts: mounts ?? [] } };
}

/** OpenRC starts dockerd with a driver; daemon.json sets one too, with this text. */
function configuredTwice(daemonJson: string): Machine {
  const files = { '/run/openrc/softlevel': 'default\n' };
  const confD = 'DOCKER_OPTS="--storage-driver=aufs"\n';
  return { ...IN_SYNC, files, docker: IN_SYNC.docker && { ...IN_SYNC.docker, confD, daemonJson } };
}

/** No driver is set, and these drivers have data. */
function withData(...drivers: string[]): Machine {
  return { ...IN_SYNC, docker: IN_SYNC.docker && { ...IN_SYNC.docker, daemonJson: '{}', drivers } };
}

function withJson(daemonJson: string): Machine {
  return { ...IN_SYNC, docker: IN_SYNC.docker && { ...IN_SYNC.docker, daemonJson } };
}

/** A repository has that version of Docker. */
function offering(version: string): Machine {
  return {
    ...IN_SYNC,
    files: { [`/var/db/repos/gentoo/app-containers/docker/docker-${version}.ebuild`]: 'EAPI=8\n' },
  };
}

/** overlay is built into the running kernel; the next kernel has these options. */
function nextWith(overlay: string | null): Machine {
  const pending = withDriver('overlay2', SCENARIOS['reboot-pending'](NOW));
  const { OVERLAY_FS: _, ...options } = IN_SYNC.trees[0]?.config?.options ?? {};
  const config = overlay === null ? options : { ...options, OVERLAY_FS: overlay };
  const running = pending.running && {
    ...pending.running,
    kernel: { ...pending.running.kernel, config: { ...options, OVERLAY_FS: 'y' } },
  };
  const changed = <T extends { readonly kernel: Build }>(each: T): T => ({
    ...each,
    kernel: { ...each.kernel, config },
  });
  return {
    ...pending,
    running,
    trees: pending.trees.map((tree) =>
      tree.build === null ? tree : { ...tree, build: changed(tree.build) },
    ),
    boot: { ...pending.boot, images: pending.boot.images.map(changed) },
    releases: pending.releases.map(changed),
  };
}

/** overlay2 on xfs; the tools of the host report whether it has d_type. */
function onXfs(version: string, dType: Fact<boolean>): Scene {
  const machine = withPackage('docker', { version }, withData('overlay2'));
  const alter = (snapshot: Snapshot): Snapshot => {
    const { docker } = snapshot;
    const filesystem = known('xfs');
    const homes = mapFact(docker.homes, (all) => all.map((home) => ({ ...home, filesystem, dType })));
    return { ...snapshot, docker: { ...docker, backingFilesystem: filesystem, dType, homes } };
  };
  return { machine, alter };
}

/** podman, with a driver in storage.conf, on ext4. */
function podmanWith(driver: string): Machine {
  return {
    ...IN_SYNC,
    files: {
      '/usr/bin/podman': '',
      '/etc/containers/storage.conf': `[storage]\ndriver = "${driver}"\ngraphroot = "/var/lib/containers/storage"\n`,
    },
  };
}

export const DOCKER_CASES: readonly Case[] = [
  {
    code: 'docker-driver-removed',
    raised: { machine: withPackage('docker', { version: '24.0.5' }) },
    neighbour: { machine: IN_SYNC },
    unknown: {
      machine: withoutPackage('docker'),
      shows: ({ docker }) => docker.present && !docker.engine.known,
    },
  },
  {
    code: 'docker-asked-twice',
    raised: { machine: configuredTwice('{"storage-driver": "aufs"}') },
    neighbour: { machine: configuredTwice('{}') },
    // An image does not show which init system starts it.
    unknown: { machine: withoutRunning({ ...configuredTwice('{"storage-driver": "aufs"}'), files: {} }) },
  },
  {
    code: 'docker-configuration-refused',
    raised: { machine: withJson('{"storage-driver": "aufs", "nonsense": true}') },
    neighbour: { machine: withJson('{"storage-driver": "aufs", "debug": true}') },
    unknown: {
      machine: withJson('{"nonsense": true}'),
      change: notAFile('/etc/docker/daemon.json'),
      shows: ({ docker }) => docker.configuration.file.content.state === 'unreadable',
    },
  },
  {
    code: 'docker-several-drivers',
    raised: { machine: withData('overlay2', 'overlay') },
    neighbour: { machine: withData('overlay2') },
    unknown: {
      machine: withData('overlay2', 'overlay'),
      change: endless('/var/lib/docker'),
      shows: ({ docker }) => !docker.homes.known,
    },
  },
  {
    code: 'docker-data-deprecated',
    raised: { machine: withData('aufs') },
    neighbour: { machine: withPackage('docker', { version: '20.10.24' }, withData('aufs')) },
    unknown: {
      machine: withoutPackage('docker', withData('aufs')),
      shows: ({ docker }) => !docker.engine.known,
    },
  },
  {
    code: 'docker-driver-unavailable',
    raised: { machine: withDriver('btrfs') },
    neighbour: { machine: onBtrfs(withDriver('btrfs')) },
    unknown: { machine: withoutRunning(withDriver('btrfs')) },
  },
  {
    code: 'docker-next-boot',
    raised: { machine: nextWith(null) },
    neighbour: { machine: nextWith('y') },
    // Which kernel boots next is not known.
    unknown: { machine: { ...nextWith(null), boot: { images: [], links: {} } } },
  },
  {
    code: 'docker-upgrade-fails',
    raised: { machine: offering('24.0.9') },
    neighbour: { machine: offering('23.0.9') },
    unknown: {
      machine: withoutPackage('docker', offering('24.0.9')),
      shows: ({ docker }) => !docker.engine.known,
    },
  },
  {
    code: 'docker-no-d-type',
    raised: onXfs('20.10.24', known(false)),
    neighbour: onXfs('20.10.24', known(true)),
    unknown: {
      ...onXfs('20.10.24', unknown('tool', 'xfs_info gave no answer')),
      shows: ({ docker }) => !docker.dType.known,
    },
  },
  {
    code: 'docker-data-left',
    raised: {
      machine: {
        ...IN_SYNC,
        docker: IN_SYNC.docker && {
          ...IN_SYNC.docker,
          daemonJson: '{"storage-driver": "overlay2"}',
          drivers: ['aufs', 'overlay2'],
        },
      },
    },
    neighbour: { machine: withDriver('overlay2') },
    unknown: {
      machine: withDriver('overlay2'),
      change: endless('/var/lib/docker'),
      shows: ({ docker }) => !docker.homes.known,
    },
  },
  {
    code: 'containers-storage-unavailable',
    raised: { machine: podmanWith('btrfs') },
    neighbour: { machine: podmanWith('overlay') },
    unknown: { machine: withoutRunning(podmanWith('btrfs')) },
  },
  {
    code: 'docker-aufs-unavailable',
    raised: { machine: SCENARIOS.story(NOW), change: bootedInto(SCENARIOS.story(NOW)) },
    neighbour: { machine: IN_SYNC },
    unknown: { machine: withoutRunning(SCENARIOS.story(NOW)) },
  },
  {
    code: 'docker-aufs-on-btrfs',
    raised: { machine: onBtrfs(IN_SYNC) },
    neighbour: { machine: onBtrfs(withDriver('overlay2')) },
    unknown: {
      machine: withoutRunning(onBtrfs(IN_SYNC)),
      shows: ({ docker }) => !docker.backingFilesystem.known,
    },
  },
  {
    code: 'docker-devicemapper-loopback',
    raised: { machine: withDriver('devicemapper') },
    neighbour: { machine: { ...withDriver('devicemapper'), removed: [LOOP_FILE] } },
    unknown: {
      machine: withDriver('devicemapper'),
      change: endless('/var/lib/docker/devicemapper/devicemapper'),
      shows: ({ docker }) => !docker.loopback.known,
    },
  },
  {
    code: 'docker-vfs',
    raised: { machine: withDriver('vfs') },
    neighbour: { machine: IN_SYNC },
    unknown: {
      machine: withDriver('vfs'),
      change: (root) => {
        notAFile('/etc/docker/daemon.json')(root);
        endless('/var/lib/docker')(root);
      },
      shows: ({ docker }) => !docker.used.known && !docker.homes.known,
    },
  },
];
