import type { Machine } from '../../../src/demo/machine.ts';
import { SCENARIOS } from '../../../src/demo/scenarios.ts';
import { endless, NOW, notAFile } from '../../support/machines.ts';
import type { Case } from './case.ts';
import { bootedInto, IN_SYNC, withDriver, withoutPackage, withoutRunning, withPackage } from './changes.ts';

const LOOP_FILE = '/var/lib/docker/devicemapper/devicemapper/data';

function onBtrfs(machine: Machine): Machine {
  const mounts = machine.running?.mounts.map((mount) =>
    mount.point === '/var/lib/docker' ? { ...mount, type: 'btrfs' } : mount,
  );
  return { ...machine, running: machine.running && { ...machine.running, mounts: mounts ?? [] } };
}

/** OpenRC starts dockerd with a driver, and daemon.json, which has one too, says this. */
function askedTwice(daemonJson: string): Machine {
  const files = { '/run/openrc/softlevel': 'default\n' };
  const confD = 'DOCKER_OPTS="--storage-driver=aufs"\n';
  return { ...IN_SYNC, files, docker: IN_SYNC.docker && { ...IN_SYNC.docker, confD, daemonJson } };
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
    raised: { machine: askedTwice('{"storage-driver": "aufs"}') },
    neighbour: { machine: askedTwice('{}') },
    // Which init system starts it is not seen in an image.
    unknown: { machine: withoutRunning({ ...askedTwice('{"storage-driver": "aufs"}'), files: {} }) },
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
      shows: ({ docker }) => !docker.used.known,
    },
  },
];
