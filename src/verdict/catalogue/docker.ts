import { driversWithData } from '../../model/docker.ts';
import type { About } from '../../model/finding.ts';
import { aboutKernel } from '../about-kernel.ts';
import { byHand, kernelGoals, otherDriver } from '../docker-goals.ts';
import { type DockerOutlook, dockerOutlook } from '../docker-outlook.ts';
import type { Start } from '../dockerd/answer.ts';
import { refusalText } from '../dockerd/words.ts';
import type { Situation } from '../situation.ts';
import { listed, sentence } from '../words.ts';
import { entry, NOTHING } from './entry.ts';

/** Findings about a Docker that starts: its storage, and what happens at the next boot or the next upgrade. */

interface Args {
  readonly situation: Situation;
  readonly outlook: DockerOutlook;
}

/** Returns the arguments of a finding if Docker uses this driver and does not refuse to start, else null. */
function withDriver(situation: Situation, driver: string): Args | null {
  const outlook = dockerOutlook(situation);
  return outlook !== null && outlook.driver === driver && outlook.start.is !== 'refuses'
    ? { situation, outlook }
    : null;
}

interface NextArgs extends Args {
  readonly next: NonNullable<DockerOutlook['next']>;
  readonly why: string;
}

export const dockerNextBoot = entry<NextArgs>({
  code: 'docker-next-boot',
  meaning:
    'Docker starts on the running kernel, but will not start on the one that boots next: that kernel lacks what the storage driver needs.',
  severities: ['critical'],
  followsFrom: ['next-boot-without-aufs', 'module-missing', 'module-will-not-load', 'kernel-not-rebuilt'],
  when: (situation) => {
    const outlook = dockerOutlook(situation);
    const next = outlook?.next ?? null;
    if (outlook === null || next === null || outlook.start.is === 'refuses' || next.start.is !== 'refuses')
      return NOTHING;
    const { refusal } = next.start;
    // next-boot-without-aufs reports this.
    if (refusal.kind !== 'lack' || refusal.driver === 'aufs') return NOTHING;
    const why = refusalText(refusal, outlook.facts.dataRoot);
    return [{ subject: refusal.driver, args: { situation, outlook, next, why } }];
  },
  severity: () => 'critical',
  title: ({ next }) => `Docker will not start on ${next.kernel.name}, which boots next`,
  text: ({ why }) => sentence(why),
  about: ({ next }) => ({ kernel: aboutKernel(next.kernel), ...modulesOf(next.start) }),
  goals: ({ situation, next }) => {
    const { start } = next;
    if (start.is !== 'refuses' || start.refusal.kind !== 'lack' || start.refusal.lack.of !== 'kernel')
      return [];
    // A module of a package has its own finding, with the commands.
    return kernelGoals(
      situation,
      start.refusal.lack,
      `Docker's storage driver ${start.refusal.driver} needs it`,
    );
  },
});

function modulesOf(start: Start): Pick<About, 'modules' | 'nextBootLoses'> {
  const lack = start.is === 'refuses' && start.refusal.kind === 'lack' ? start.refusal.lack : null;
  const modules = lack?.of === 'kernel' ? [lack.module] : [];
  return { modules, nextBootLoses: modules };
}

interface UpgradeArgs extends Args {
  readonly version: string;
  readonly why: string;
}

export const dockerUpgradeFails = entry<UpgradeArgs>({
  code: 'docker-upgrade-fails',
  meaning:
    'A newer Docker is available (in a repository, or as a binary package here) that will not start with this configuration, data or filesystem.',
  severities: ['notice'],
  when: (situation) => {
    const outlook = dockerOutlook(situation);
    const upgrade = outlook?.upgrade ?? null;
    if (outlook === null || upgrade === null || !upgrade.isOffered) return NOTHING;
    const why = refusalText(upgrade.start.refusal, outlook.facts.dataRoot);
    return [{ subject: upgrade.version, args: { situation, outlook, version: upgrade.version, why } }];
  },
  severity: () => 'notice',
  title: ({ version }) => `Docker ${version} is available, but will not start here`,
  text: ({ why }) => sentence(why),
  goals: ({ version }) => [
    byHand(
      `before the upgrade to ${version}: save the images that you still need with docker save, and remove the cause ("aufswatch docker" shows what this machine can use)`,
    ),
  ],
});

export const dockerNoDType = entry<Args>({
  code: 'docker-no-d-type',
  meaning:
    'overlay2 keeps its layers on a filesystem without d_type (xfs made with ftype=0). dockerd up to 20.10 warns of incorrect behaviour; from 23.0 on it does not start.',
  severities: ['notice'],
  when: (situation) => {
    const outlook = dockerOutlook(situation);
    if (outlook === null || outlook.start.is !== 'starts' || !outlook.facts.homes.known) return NOTHING;
    const { driver } = outlook.start;
    const home = outlook.facts.homes.value.find((each) => each.driver === driver);
    const isOverlay = driver === 'overlay2' || driver === 'overlay';
    if (!isOverlay || home === undefined || !home.dType.known || home.dType.value) return NOTHING;
    return [{ subject: driver, args: { situation, outlook } }];
  },
  severity: () => 'notice',
  title: ({ outlook }) => `Docker's ${outlook.driver} is on a filesystem without d_type`,
  text: () =>
    'Engine 23.0 and later will not start with it. Engines up to 20.10 warn of incorrect behaviour.',
  goals: ({ outlook }) => [
    byHand(
      `before the upgrade to Engine 23.0: save the images with docker save, and mount a filesystem with d_type (xfs with ftype=1, ext4) on ${outlook.facts.dataRoot}/${outlook.driver}`,
    ),
  ],
});

interface LeftArgs {
  readonly dataRoot: string;
  readonly driver: string;
  readonly left: readonly string[];
}

export const dockerDataLeft = entry<LeftArgs>({
  code: 'docker-data-left',
  meaning:
    'There is data of another storage driver than the one that Docker uses. Docker does not see its images, and they take up space.',
  severities: ['notice'],
  when: (situation) => {
    const outlook = dockerOutlook(situation);
    if (outlook === null || outlook.start.is !== 'starts' || !outlook.facts.homes.known) return NOTHING;
    const { driver, by } = outlook.start;
    const left = driversWithData(outlook.facts.homes.value).filter(
      (name) => name !== driver && name !== outlook.driver,
    );
    // If dockerd chose its driver because it no longer has that of the data, docker-driver-removed reports it.
    if (left.length === 0 || by === 'choice') return NOTHING;
    const { dataRoot } = outlook.facts;
    return [{ subject: dataRoot, args: { dataRoot, driver, left } }];
  },
  severity: () => 'notice',
  title: ({ dataRoot, left }) => `${dataRoot} holds old data of ${listed(left)}`,
  text: ({ driver, left }) =>
    `Docker uses ${driver}. It does not see the images of ${listed(left)}, which take up space.`,
  goals: ({ dataRoot, left }) => [
    byHand(`delete ${listed(left.map((name) => `${dataRoot}/${name}`))} once you need nothing in it`),
  ],
});

export const dockerLoopback = entry<Args>({
  code: 'docker-devicemapper-loopback',
  meaning: 'Docker uses devicemapper on loop files, which is slow and loses data when the disk is full.',
  severities: ['warning'],
  when: (situation) => {
    const found = withDriver(situation, 'devicemapper');
    const { loopback } = situation.snapshot.docker;
    return found === null || !loopback.known || !loopback.value
      ? NOTHING
      : [{ subject: 'devicemapper', args: found }];
  },
  severity: () => 'warning',
  title: ({ outlook }) => `Docker uses devicemapper on loop files in ${outlook.facts.dataRoot}`,
  text: () =>
    'It is slow, and loses data when the disk is full. Give it its own block device, or use another driver.',
  goals: ({ situation }) => otherDriver(situation, 'devicemapper', 'devicemapper on loop files is slow'),
});

export const dockerVfs = entry<Args>({
  code: 'docker-vfs',
  meaning: 'Docker uses vfs, which has no copy on write: each layer is a whole copy of the root filesystem.',
  severities: ['notice'],
  when: (situation) => {
    const found = withDriver(situation, 'vfs');
    return found === null ? NOTHING : [{ subject: 'vfs', args: found }];
  },
  severity: () => 'notice',
  title: ({ outlook }) => `Docker uses vfs in ${outlook.facts.dataRoot}: each layer is a whole copy`,
  text: () => 'It fills the disk. Use another driver if you can.',
  goals: ({ situation }) => otherDriver(situation, 'vfs', 'vfs copies everything for each layer'),
});
