import type { About } from '../../model/finding.ts';
import { aboutKernel } from '../about-kernel.ts';
import { byHand, otherDriver, sameDriver } from '../docker-goals.ts';
import type { DockerOutlook } from '../docker-outlook.ts';
import { lackText } from '../dockerd/refusal.ts';
import type { Situation } from '../situation.ts';
import { sentence } from '../words.ts';
import { type Refused, refused } from './docker-refused.ts';
import { entry } from './entry.ts';

type Lacking = Refused<'lack'>;

function lacking(situation: Situation, wanted: (args: Lacking) => boolean): Lacking[] {
  const found = refused(situation, 'lack');
  return found !== null && wanted(found) ? [found] : [];
}

function isAufsKernel({ refusal }: Lacking): boolean {
  return refusal.driver === 'aufs' && refusal.lack.of === 'kernel';
}

function isAufsPlace({ refusal }: Lacking): boolean {
  return refusal.driver === 'aufs' && refusal.lack.of === 'filesystem' && refusal.lack.type === 'btrfs';
}

export const dockerAufsUnavailable = entry<Lacking>({
  code: 'docker-aufs-unavailable',
  meaning:
    'Docker is set to the storage driver aufs, but the running kernel has no AUFS: Docker does not start.',
  severities: ['critical'],
  followsFrom: ['running-kernel-without-aufs', 'next-boot-without-aufs'],
  when: (situation) => lacking(situation, isAufsKernel).map((args) => ({ subject: 'aufs', args })),
  severity: () => 'critical',
  title: () => 'Docker does not start: it needs aufs, which the running kernel does not have',
  text: ({ refusal }) => sentence(lackText('aufs', refusal.lack)),
  about: ({ situation }) => ({ kernel: aboutKernel(situation.running), modules: ['aufs'] }),
  // The broken link has its own finding, with the commands.
  goals: () => [],
});

export const dockerAufsOnBtrfs = entry<Lacking>({
  code: 'docker-aufs-on-btrfs',
  meaning:
    'Docker is set to keep AUFS layers on a btrfs filesystem. dockerd refuses that ("AUFS is not supported over btrfs") and does not start. AUFS on btrfs fails in many strange ways.',
  severities: ['critical'],
  when: (situation) => lacking(situation, isAufsPlace).map((args) => ({ subject: placeOf(args), args })),
  severity: () => 'critical',
  title: (args) => `Docker does not start: dockerd refuses aufs on btrfs in ${placeOf(args)}`,
  text: () =>
    'AUFS is not supported over btrfs. Use another storage driver, or mount another filesystem there.',
  goals: ({ situation }) => otherDriver(situation, 'aufs', 'dockerd refuses aufs there'),
});

function placeOf({ refusal: { lack }, outlook }: Lacking): string {
  return lack.of === 'filesystem' || lack.of === 'd-type' ? lack.path : outlook.facts.dataRoot;
}

export const dockerDriverUnavailable = entry<Lacking>({
  code: 'docker-driver-unavailable',
  meaning:
    'dockerd does not start, because its storage driver (the one that is set, else the one that has data) cannot work here: the running kernel or the filesystem does not support it, a program that it calls is missing, or a storage-opt belongs to another driver.',
  severities: ['critical'],
  when: (situation) =>
    lacking(situation, (args) => !isAufsKernel(args) && !isAufsPlace(args)).map((args) => ({
      subject: args.refusal.driver,
      args,
    })),
  severity: () => 'critical',
  title: ({ refusal }) => `Docker does not start: the storage driver ${refusal.driver} cannot be used here`,
  text: ({ outlook, refusal }) => `${sentence(lackText(refusal.driver, refusal.lack))}${andNext(outlook)}`,
  about: aboutLack,
  goals: ({ situation, outlook, refusal: { driver, lack } }) => {
    if (lack.of === 'option')
      return [
        byHand(
          `remove the storage option from ${outlook.facts.configuration.file.path} or from the options of dockerd: it belongs to another driver`,
        ),
      ];
    if (lack.of === 'kernel' && outlook.next?.start.is === 'starts')
      return [{ is: 'booted', why: `starts ${outlook.next.kernel.name}, which has what ${driver} needs` }];
    const same = sameDriver(situation, driver);
    return same.length > 0 ? same : otherDriver(situation, driver, lackText(driver, lack));
  },
});

/** Names the kernel only if the kernel is what lacks something. */
function aboutLack({ situation, outlook, refusal: { lack } }: Lacking): Partial<About> {
  if (lack.of !== 'kernel') return {};
  const modules = [lack.module];
  const isLostAgain =
    situation.next !== null && (outlook.next === null || outlook.next.start.is === 'refuses');
  return { kernel: aboutKernel(situation.running), modules, nextBootLoses: isLostAgain ? modules : [] };
}

function andNext({ next }: DockerOutlook): string {
  if (next === null) return '';
  const { name } = next.kernel;
  if (next.start.is === 'refuses') return ` It will not start with ${name} either, which boots next.`;
  return next.start.is === 'starts' ? ` It will start with ${name}, which boots next.` : '';
}
