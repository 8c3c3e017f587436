import {
  type AskedTwice,
  hasLost,
  REMOVED_IN,
  STORAGE_DRIVERS,
  type StorageDriver,
} from '../../model/docker.ts';
import type { Goal } from '../goal.ts';
import { loadAnswer } from '../load-answer.ts';
import type { Situation } from '../situation.ts';
import { listed } from '../words.ts';
import { entry, NOTHING } from './entry.ts';

/** The storage driver that counts: the one asked for, else the one in use. */
function driverOf({ snapshot }: Situation): string | null {
  const { asked, used } = snapshot.docker;
  return asked[0]?.driver ?? (used.known ? (used.value?.driver ?? null) : null);
}

interface RemovedArgs {
  readonly situation: Situation;
  readonly driver: string;
  readonly engine: string;
  readonly dataRoot: string;
  /** Is it asked for? Else only its data is left. */
  readonly asked: boolean;
}

export const dockerDriverRemoved = entry<RemovedArgs>({
  code: 'docker-driver-removed',
  meaning:
    'The storage driver that Docker is asked for was removed from this version of the engine: dockerd will not start with it. Or, as a notice: nothing is asked for, and the only images here are of such a driver, which this engine does not look at.',
  severities: ['warning', 'notice'],
  when: (situation) => {
    const { engine, dataRoot } = situation.snapshot.docker;
    const found = removedDriver(situation);
    if (found === null || !engine.known) return NOTHING;
    return [{ subject: found.driver, args: { ...found, situation, engine: engine.value, dataRoot } }];
  },
  severity: ({ asked }) => (asked ? 'warning' : 'notice'),
  title: ({ driver, engine, dataRoot, asked }) =>
    asked
      ? `Docker ${engine} no longer has the storage driver ${driver}`
      : `Docker ${engine} does not see the images in ${dataRoot}/${driver}`,
  text: ({ driver, asked }) =>
    asked
      ? `It was removed in Engine ${removedIn(driver)}.0. Images must be saved with an older engine and loaded again.`
      : `The storage driver ${driver} was removed in Engine ${removedIn(driver)}.0. dockerd takes another one, and begins without images.`,
  goals: ({ situation, driver, dataRoot, asked }) =>
    asked
      ? takeDriver(situation, 'overlay2', 'an engine that has no such driver needs another one')
      : [byHand(`save the images with an older engine and load them again, or delete ${dataRoot}/${driver}`)],
});

/** The driver asked for, or the only one with data, if the engine has lost it. */
function removedDriver({ snapshot }: Situation): Pick<RemovedArgs, 'driver' | 'asked'> | null {
  const { asked, used, directories, engine } = snapshot.docker;
  const [first] = asked;
  if (first !== undefined)
    return hasLost(engine, first.driver) ? { driver: first.driver, asked: true } : null;
  if (!used.known || used.value !== null || !directories.known) return null;
  const left = directories.value.filter((name) => name !== 'vfs');
  const driver = left.find((name) => hasLost(engine, name));
  return driver !== undefined && left.every((name) => hasLost(engine, name))
    ? { driver, asked: false }
    : null;
}

function removedIn(driver: string): number | undefined {
  const known = STORAGE_DRIVERS.find((candidate) => candidate === driver);
  return known === undefined ? undefined : REMOVED_IN[known];
}

export const dockerAskedTwice = entry<AskedTwice>({
  code: 'docker-asked-twice',
  meaning:
    'The storage driver or the data root is given to dockerd both as an option and in its configuration file: dockerd refuses to start, even where both say the same.',
  severities: ['warning'],
  when: ({ snapshot }) => {
    const { twice } = snapshot.docker;
    return twice === null ? NOTHING : [{ subject: twice.setting, args: twice }];
  },
  severity: () => 'warning',
  title: ({ setting }) => `Docker will not start again: its ${setting} is given twice`,
  text: ({ option, file }) => `By ${option}, and by ${file}. dockerd takes one of the two alone.`,
  goals: ({ setting, option, file }) => [
    byHand(`take "${setting}" out of ${file}, or the option out of ${option}`),
  ],
});

/** Another driver, in the place that asks for one now: given twice, dockerd would not start. */
function takeDriver(situation: Situation, driver: StorageDriver, why: string): Goal[] {
  const { asked } = situation.snapshot.docker;
  const inFile = asked.every(({ where }) => where === DAEMON_JSON);
  const how = inFile
    ? `set "storage-driver": "${driver}" in ${DAEMON_JSON}`
    : `ask for ${driver} instead (asked for now by ${listed(asked.map(({ where }) => where))})`;
  return [...buildWith(situation, driver), byHand(`${how} and restart Docker: ${why}`)];
}

function byHand(what: string): Goal {
  return { is: 'done-by-hand', stage: 'docker', what };
}

/** What brings a driver that the package was built without. */
function buildWith({ snapshot }: Situation, driver: StorageDriver): Goal[] {
  const { leftOut } = snapshot.docker;
  const flag = leftOut.known ? leftOut.value.find((each) => each.driver === driver)?.flag : undefined;
  const installed = snapshot.portage.packages.find(({ kinds }) => kinds.includes('docker'));
  if (flag === undefined || installed === undefined) return [];
  return [
    {
      is: 'use-flag',
      package: installed,
      flag,
      stage: 'docker',
      why: `Docker was built without ${driver}`,
    },
    { is: 'package-merged', package: installed, stage: 'docker', why: `builds Docker with ${driver}` },
  ];
}

const DAEMON_JSON = '/etc/docker/daemon.json';

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
  goals: () => [],
});

interface PlaceArgs {
  readonly situation: Situation;
  readonly dataRoot: string;
}

export const dockerAufsOnBtrfs = entry<PlaceArgs>({
  code: 'docker-aufs-on-btrfs',
  meaning: 'Docker keeps AUFS layers on a btrfs filesystem. AUFS on btrfs fails in many strange ways.',
  severities: ['warning'],
  when: (situation) => {
    const { backingFilesystem, dataRoot, engine } = situation.snapshot.docker;
    if (driverOf(situation) !== 'aufs' || !backingFilesystem.known || backingFilesystem.value !== 'btrfs')
      return NOTHING;
    // It keeps no layers of aufs; docker-driver-removed, whose subject is the driver, says what it does.
    if (hasLost(engine, 'aufs')) return NOTHING;
    return [{ subject: dataRoot, args: { situation, dataRoot } }];
  },
  severity: () => 'warning',
  title: ({ dataRoot }) => `Docker uses aufs on btrfs in ${dataRoot}`,
  text: () => 'On btrfs use its own storage driver, or keep the data on another filesystem.',
  goals: ({ situation }) => takeDriver(situation, 'btrfs', 'images must be pulled again'),
});

export const dockerLoopback = entry<PlaceArgs>({
  code: 'docker-devicemapper-loopback',
  meaning: 'Docker uses devicemapper over loop files, which is slow and loses data when the disk is full.',
  severities: ['warning'],
  dependsOn: ['docker-driver-removed'],
  when: (situation) => {
    const { loopback, dataRoot } = situation.snapshot.docker;
    if (driverOf(situation) !== 'devicemapper' || !loopback.known || !loopback.value) return NOTHING;
    return [{ subject: 'devicemapper', args: { situation, dataRoot } }];
  },
  severity: () => 'warning',
  title: ({ dataRoot }) => `Docker uses devicemapper over loop files in ${dataRoot}`,
  text: () => 'Give it a block device of its own, or use another driver.',
  goals: ({ situation }) => takeDriver(situation, 'overlay2', 'devicemapper over loop files is slow'),
});

export const dockerVfs = entry<PlaceArgs>({
  code: 'docker-vfs',
  meaning: 'Docker uses vfs: no copy on write, the whole root filesystem again for each layer.',
  severities: ['notice'],
  when: (situation) =>
    driverOf(situation) === 'vfs'
      ? [{ subject: 'vfs', args: { situation, dataRoot: situation.snapshot.docker.dataRoot } }]
      : NOTHING,
  severity: () => 'notice',
  title: ({ dataRoot }) => `Docker uses vfs in ${dataRoot}: each layer is a whole copy`,
  text: () => 'It works everywhere, and fills the disk.',
  goals: ({ situation }) => takeDriver(situation, 'overlay2', 'vfs copies everything for each layer'),
});
