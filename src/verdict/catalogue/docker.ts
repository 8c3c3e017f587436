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

/** Findings about a Docker that starts: what it works on, and what comes with the next boot or the next upgrade. */

interface Args {
  readonly situation: Situation;
  readonly outlook: DockerOutlook;
}

/** Of a Docker whose driver is that one, and that does not refuse to start. */
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
    'Docker starts with the running kernel, and will not start with the one that boots next: that one has not what the storage driver needs.',
  severities: ['critical'],
  followsFrom: ['next-boot-without-aufs', 'module-missing', 'module-will-not-load', 'kernel-not-rebuilt'],
  when: (situation) => {
    const outlook = dockerOutlook(situation);
    const next = outlook?.next ?? null;
    if (outlook === null || next === null || outlook.start.is === 'refuses' || next.start.is !== 'refuses')
      return NOTHING;
    const { refusal } = next.start;
    // That the next boot has no AUFS is said as such.
    if (refusal.kind !== 'lack' || refusal.driver === 'aufs') return NOTHING;
    const why = refusalText(refusal, outlook.facts.dataRoot);
    return [{ subject: refusal.driver, args: { situation, outlook, next, why } }];
  },
  severity: () => 'critical',
  title: ({ next }) => `Docker will not start with ${next.kernel.name}, which boots next`,
  text: ({ why }) => sentence(why),
  about: ({ next }) => ({ kernel: aboutKernel(next.kernel), ...modulesOf(next.start) }),
  goals: ({ situation, next }) => {
    const { start } = next;
    if (start.is !== 'refuses' || start.refusal.kind !== 'lack' || start.refusal.lack.of !== 'kernel')
      return [];
    // What a package brings has a finding of its own, with the commands.
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
    'A newer Docker is offered (by a repository or a binary package here) that will not start with this configuration, this data or this filesystem.',
  severities: ['notice'],
  when: (situation) => {
    const outlook = dockerOutlook(situation);
    const upgrade = outlook?.upgrade ?? null;
    if (outlook === null || upgrade === null || !upgrade.isOffered) return NOTHING;
    const why = refusalText(upgrade.start.refusal, outlook.facts.dataRoot);
    return [{ subject: upgrade.version, args: { situation, outlook, version: upgrade.version, why } }];
  },
  severity: () => 'notice',
  title: ({ version }) => `Docker ${version}, which is offered, will not start here`,
  text: ({ why }) => sentence(why),
  goals: ({ version }) => [
    byHand(
      `before the upgrade to ${version}: save the images that are still wanted with docker save, and mend it (aufswatch docker shows what this machine can use)`,
    ),
  ],
});

export const dockerNoDType = entry<Args>({
  code: 'docker-no-d-type',
  meaning:
    'overlay2 keeps its layers on a filesystem without d_type (xfs made with ftype=0): dockerd up to 20.10 warns of incorrect behaviour, and from 23.0 on does not start with it.',
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
  title: ({ outlook }) => `Docker's ${outlook.driver} lies on a filesystem without d_type`,
  text: () =>
    'It works up to Engine 20.10, with a warning of incorrect behaviour. Engine 23.0 and later will not start with it.',
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
    'Beside the storage driver that Docker uses there is data of another one: its images are not seen, and take up space.',
  severities: ['notice'],
  when: (situation) => {
    const outlook = dockerOutlook(situation);
    if (outlook === null || outlook.start.is !== 'starts' || !outlook.facts.homes.known) return NOTHING;
    const { driver, by } = outlook.start;
    const left = driversWithData(outlook.facts.homes.value).filter(
      (name) => name !== driver && name !== outlook.driver,
    );
    // Where dockerd came to its driver because it has lost that of the data, that is said as such.
    if (left.length === 0 || by === 'choice') return NOTHING;
    const { dataRoot } = outlook.facts;
    return [{ subject: dataRoot, args: { dataRoot, driver, left } }];
  },
  severity: () => 'notice',
  title: ({ dataRoot, left }) => `${dataRoot} holds old data of ${listed(left)}`,
  text: ({ driver, left }) =>
    `Docker uses ${driver}: images of ${listed(left)} are not seen, and take up space.`,
  goals: ({ dataRoot, left }) => [
    byHand(`delete ${listed(left.map((name) => `${dataRoot}/${name}`))} once nothing of it is wanted`),
  ],
});

export const dockerLoopback = entry<Args>({
  code: 'docker-devicemapper-loopback',
  meaning: 'Docker uses devicemapper over loop files, which is slow and loses data when the disk is full.',
  severities: ['warning'],
  when: (situation) => {
    const found = withDriver(situation, 'devicemapper');
    const { loopback } = situation.snapshot.docker;
    return found === null || !loopback.known || !loopback.value
      ? NOTHING
      : [{ subject: 'devicemapper', args: found }];
  },
  severity: () => 'warning',
  title: ({ outlook }) => `Docker uses devicemapper over loop files in ${outlook.facts.dataRoot}`,
  text: () => 'Give it a block device of its own, or use another driver.',
  goals: ({ situation }) => otherDriver(situation, 'devicemapper', 'devicemapper over loop files is slow'),
});

export const dockerVfs = entry<Args>({
  code: 'docker-vfs',
  meaning: 'Docker uses vfs: no copy on write, the whole root filesystem again for each layer.',
  severities: ['notice'],
  when: (situation) => {
    const found = withDriver(situation, 'vfs');
    return found === null ? NOTHING : [{ subject: 'vfs', args: found }];
  },
  severity: () => 'notice',
  title: ({ outlook }) => `Docker uses vfs in ${outlook.facts.dataRoot}: each layer is a whole copy`,
  text: () => 'It works everywhere, and fills the disk.',
  goals: ({ situation }) => otherDriver(situation, 'vfs', 'vfs copies everything for each layer'),
});
