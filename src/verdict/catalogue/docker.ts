import { STORAGE_DRIVERS } from '../../model/docker.ts';
import type { RemedyStep } from '../../model/finding.ts';
import { LIFETIMES } from '../docker-drivers.ts';
import { loadAnswer } from '../load-answer.ts';
import type { Situation } from '../situation.ts';
import { entry, NOTHING } from './entry.ts';

/** The storage driver that counts: the one asked for, else the one in use. */
function driverOf({ snapshot }: Situation): string | null {
  const { asked, used } = snapshot.docker;
  return asked[0]?.driver ?? (used.known ? (used.value?.driver ?? null) : null);
}

/** The engine that took the driver out; null: it is still there. */
function removedIn(driver: string): number | null {
  const known = STORAGE_DRIVERS.find((candidate) => candidate === driver);
  return known === undefined ? null : (LIFETIMES[known]?.removed ?? null);
}

interface DriverArgs {
  readonly driver: string;
  readonly engine: string;
}

export const dockerDriverRemoved = entry<DriverArgs>({
  code: 'docker-driver-removed',
  meaning:
    'The storage driver that Docker is asked for, or whose data it finds, was removed from this version of the engine: dockerd will not start with it.',
  severities: ['warning'],
  when: (situation) => {
    const driver = driverOf(situation);
    const { engine } = situation.snapshot.docker;
    if (driver === null || !engine.known) return NOTHING;
    const removed = removedIn(driver);
    const major = Number(/^(\d+)\./.exec(engine.value)?.[1] ?? Number.NaN);
    if (removed === null || !(major >= removed)) return NOTHING;
    return [{ subject: driver, args: { driver, engine: engine.value } }];
  },
  severity: () => 'warning',
  title: ({ driver, engine }) => `Docker ${engine} no longer has the storage driver ${driver}`,
  text: ({ driver }) =>
    `It was removed in Engine ${removedIn(driver)}.0. Images must be saved with an older engine and loaded again.`,
  remedy: () => toOverlay('an engine that has no such driver needs another one'),
});

function toOverlay(why: string): RemedyStep[] {
  return [
    {
      command: null,
      why: `set "storage-driver": "overlay2" in /etc/docker/daemon.json and restart Docker: ${why}`,
      stage: 'docker',
      achieves: ['docker:driver'],
    },
  ];
}

interface AufsArgs {
  readonly why: string;
  readonly situation: Situation;
}

export const dockerAufsUnavailable = entry<AufsArgs>({
  code: 'docker-aufs-unavailable',
  meaning:
    'Docker is set to the aufs storage driver, and the running kernel has no AUFS: Docker does not start.',
  severities: ['critical'],
  dependsOn: ['docker-driver-removed'],
  followsFrom: ['running-kernel-without-aufs', 'next-boot-without-aufs'],
  when: (situation) => {
    const { filesystems } = situation.snapshot.running;
    if (driverOf(situation) !== 'aufs' || !filesystems.known || filesystems.value.includes('aufs'))
      return NOTHING;
    const answer = loadAnswer(situation.running, 'aufs');
    return answer.is === 'no' ? [{ subject: 'aufs', args: { why: answer.why, situation } }] : NOTHING;
  },
  severity: () => 'critical',
  title: () => 'Docker is set to aufs, which the running kernel does not have',
  text: ({ why }) => `${why.replace(/^./, (first) => first.toUpperCase())}.`,
  // The link that is broken has a finding of its own, with the commands.
  remedy: () => [],
});

export const dockerAufsOnBtrfs = entry<{ dataRoot: string }>({
  code: 'docker-aufs-on-btrfs',
  meaning: 'Docker keeps AUFS layers on a btrfs filesystem. AUFS on btrfs fails in many strange ways.',
  severities: ['warning'],
  when: (situation) => {
    const { backingFilesystem, dataRoot } = situation.snapshot.docker;
    if (driverOf(situation) !== 'aufs' || !backingFilesystem.known || backingFilesystem.value !== 'btrfs')
      return NOTHING;
    return [{ subject: dataRoot, args: { dataRoot } }];
  },
  severity: () => 'warning',
  title: ({ dataRoot }) => `Docker uses aufs on btrfs in ${dataRoot}`,
  text: () => 'On btrfs use its own storage driver, or keep the data on another filesystem.',
  remedy: () => [
    {
      command: null,
      why: 'set "storage-driver": "btrfs" in /etc/docker/daemon.json and restart Docker; images must be pulled again',
      stage: 'docker',
      achieves: ['docker:driver'],
    },
  ],
});

export const dockerLoopback = entry<{ dataRoot: string }>({
  code: 'docker-devicemapper-loopback',
  meaning: 'Docker uses devicemapper over loop files, which is slow and loses data when the disk is full.',
  severities: ['warning'],
  dependsOn: ['docker-driver-removed'],
  when: (situation) => {
    const { loopback, dataRoot } = situation.snapshot.docker;
    if (driverOf(situation) !== 'devicemapper' || !loopback.known || !loopback.value) return NOTHING;
    return [{ subject: 'devicemapper', args: { dataRoot } }];
  },
  severity: () => 'warning',
  title: ({ dataRoot }) => `Docker uses devicemapper over loop files in ${dataRoot}`,
  text: () => 'Give it a block device of its own, or use another driver.',
  remedy: () => toOverlay('devicemapper over loop files is slow'),
});

export const dockerVfs = entry<{ dataRoot: string }>({
  code: 'docker-vfs',
  meaning: 'Docker uses vfs: no copy on write, the whole root filesystem again for each layer.',
  severities: ['notice'],
  when: (situation) =>
    driverOf(situation) === 'vfs'
      ? [{ subject: 'vfs', args: { dataRoot: situation.snapshot.docker.dataRoot } }]
      : NOTHING,
  severity: () => 'notice',
  title: ({ dataRoot }) => `Docker uses vfs in ${dataRoot}: each layer is a whole copy`,
  text: () => 'It works everywhere, and fills the disk.',
  remedy: () => toOverlay('vfs copies everything for each layer'),
});
