import type { About } from '../../model/finding.ts';
import { aboutKernel } from '../about-kernel.ts';
import { byHand, otherDriver, sameDriver } from '../docker-goals.ts';
import type { DockerOutlook } from '../docker-outlook.ts';
import { dockerDrivers, dockerOutlook } from '../docker-outlook.ts';
import { isPartOf, removedIn } from '../dockerd/drivers.ts';
import { parseEngine } from '../dockerd/engine.ts';
import { type ConfigurationProblem, lackText, type Refusal } from '../dockerd/refusal.ts';
import { problemText } from '../dockerd/words.ts';
import type { Situation } from '../situation.ts';
import { listed } from '../words.ts';
import { entry, NOTHING } from './entry.ts';

/** Findings about a dockerd that does not start. */

interface Refused<Kind extends Refusal['kind']> {
  readonly situation: Situation;
  readonly outlook: DockerOutlook;
  readonly refusal: Extract<Refusal, { kind: Kind }>;
}

/** Where dockerd does not start on the running kernel, for that kind of reason. */
function refused<Kind extends Refusal['kind']>(situation: Situation, kind: Kind): Refused<Kind> | null {
  const outlook = dockerOutlook(situation);
  if (outlook === null || outlook.start.is !== 'refuses') return null;
  const { refusal } = outlook.start;
  return isKind(refusal, kind) ? { situation, outlook, refusal } : null;
}

function isKind<Kind extends Refusal['kind']>(
  refusal: Refusal,
  kind: Kind,
): refusal is Extract<Refusal, { kind: Kind }> {
  return refusal.kind === kind;
}

function engineOf({ facts: { engine } }: DockerOutlook): string {
  return engine.known ? `Docker ${engine.value}` : 'Docker';
}

export const dockerDriverRemoved = entry<Refused<'removed'> | LostData>({
  code: 'docker-driver-removed',
  meaning:
    'The storage driver that Docker is asked for was removed from this version of the engine: dockerd does not start with it. Or, as a notice: nothing is asked for, and the only images here are of such a driver, which this engine does not look at.',
  severities: ['critical', 'notice'],
  when: (situation) => {
    const asked = refused(situation, 'removed');
    if (asked !== null) return [{ subject: asked.refusal.driver, args: asked }];
    const lost = lostData(situation);
    return lost === null ? NOTHING : [{ subject: lost.driver, args: lost }];
  },
  severity: (args) => ('refusal' in args ? 'critical' : 'notice'),
  title: (args) =>
    'refusal' in args
      ? `${engineOf(args.outlook)} no longer has the storage driver ${args.refusal.driver}`
      : `${engineOf(args.outlook)} does not see the images in ${args.outlook.facts.dataRoot}/${args.driver}`,
  text: (args) =>
    'refusal' in args
      ? `It was removed in Engine ${args.refusal.removedIn}: dockerd does not start.`
      : `The storage driver ${args.driver} was removed in Engine ${args.removedIn}. dockerd takes another one, and begins without images.`,
  goals: (args) =>
    'refusal' in args
      ? otherDriver(args.situation, args.refusal.driver, 'this engine has no such driver')
      : [
          byHand(
            `save the images with an older engine and load them again, or delete ${args.outlook.facts.dataRoot}/${args.driver}`,
          ),
        ],
});

interface LostData {
  readonly outlook: DockerOutlook;
  readonly driver: string;
  readonly removedIn: string;
}

/** Nothing is asked for, and all the data here is of drivers that the engine has lost. */
function lostData(situation: Situation): LostData | null {
  const outlook = dockerOutlook(situation);
  if (outlook === null || outlook.facts.used.known) return null;
  const { homes, engine } = outlook.facts;
  const version = engine.known ? parseEngine(engine.value) : null;
  if (outlook.start.is !== 'starts' || outlook.start.by !== 'choice' || !homes.known || version === null)
    return null;
  const data = homes.value.filter(({ hasData, driver }) => hasData && driver !== 'vfs');
  const [first] = data;
  if (first === undefined || data.some(({ driver }) => isPartOf(version, driver))) return null;
  return { outlook, driver: first.driver, removedIn: removedIn(first.driver) ?? '' };
}

export const dockerAskedTwice = entry<Refused<'configuration'>>({
  code: 'docker-asked-twice',
  meaning:
    'A setting is given to dockerd both as an option and in its configuration file: dockerd does not start, even where both say the same.',
  severities: ['critical'],
  when: (situation) => {
    const found = refused(situation, 'configuration');
    const problem = found?.refusal.problem;
    return found === null || problem?.is !== 'given-twice'
      ? NOTHING
      : [{ subject: problem.directive, args: found }];
  },
  severity: () => 'critical',
  title: ({ refusal: { problem } }) => `Docker does not start: its ${subjectOf(problem)} is given twice`,
  text: ({ refusal: { problem } }) =>
    problem.is === 'given-twice'
      ? `By ${problem.option}, and by ${problem.file}. dockerd takes one of the two alone.`
      : '',
  goals: ({ refusal: { problem } }) =>
    problem.is === 'given-twice'
      ? [byHand(`take "${problem.directive}" out of ${problem.file}, or the option out of ${problem.option}`)]
      : [],
});

export const dockerConfigurationRefused = entry<Refused<'configuration'>>({
  code: 'docker-configuration-refused',
  meaning:
    'dockerd does not take its options or its configuration file: a setting that this version of the engine does not know (as "graph" since 24.0), one of the wrong form, or a file that is not JSON. It does not start.',
  severities: ['critical'],
  when: (situation) => {
    const found = refused(situation, 'configuration');
    if (found === null || found.refusal.problem.is === 'given-twice') return NOTHING;
    return [{ subject: subjectOf(found.refusal.problem), args: found }];
  },
  severity: () => 'critical',
  title: ({ outlook, refusal: { problem } }) =>
    `${engineOf(outlook)} does not start: it refuses ${quoted(problem)}`,
  text: ({ refusal: { problem } }) => `${capital(problemText(problem))}.`,
  goals: ({ outlook, refusal: { problem } }) => [byHand(configurationMend(problem, outlook))],
});

function subjectOf(problem: ConfigurationProblem): string {
  switch (problem.is) {
    case 'given-twice':
    case 'wrong-type':
      return problem.directive;
    case 'unknown-directives':
      return problem.names[0] ?? '';
    case 'unknown-option':
    case 'removed-option':
      return problem.name;
    case 'graph':
    case 'graph-and-data-root':
      return 'graph';
    case 'malformed':
    case 'missing-file':
      return problem.path;
  }
}

function quoted(problem: ConfigurationProblem): string {
  const subject = subjectOf(problem);
  return subject.startsWith('/') ? subject : `"${subject}"`;
}

function configurationMend(problem: ConfigurationProblem, { facts }: DockerOutlook): string {
  switch (problem.is) {
    case 'graph':
      return `call it "data-root" instead of "graph" in ${problem.where}`;
    case 'graph-and-data-root':
      return `take "graph" out of ${problem.where}`;
    case 'unknown-directives':
      return problem.names.includes('graph')
        ? `call it "data-root" instead of "graph" in ${problem.path}`
        : `take ${listed(problem.names.map((name) => `"${name}"`))} out of ${problem.path}`;
    case 'unknown-option':
      return problem.name === 'graph'
        ? `give --data-root instead of --graph in ${problem.where}`
        : `take --${problem.name} out of ${problem.where}`;
    case 'removed-option':
      return `take ${problem.name} out of ${problem.where}`;
    case 'wrong-type':
      return `give "${problem.directive}" in ${problem.path} as ${problem.wanted}`;
    case 'malformed':
    case 'missing-file':
      return `mend ${problem.path}, or take it away where it says nothing (it is that of ${facts.engine.known ? facts.engine.value : 'dockerd'})`;
    case 'given-twice':
      return '';
  }
}

export const dockerSeveralDrivers = entry<Refused<'several'>>({
  code: 'docker-several-drivers',
  meaning:
    'The data root of Docker holds data of several storage drivers, and none of them is asked for: dockerd does not start before one is named.',
  severities: ['critical'],
  when: (situation) => {
    const found = refused(situation, 'several');
    return found === null ? NOTHING : [{ subject: found.outlook.facts.dataRoot, args: found }];
  },
  severity: () => 'critical',
  title: ({ outlook }) =>
    `Docker does not start: ${outlook.facts.dataRoot} holds data of several storage drivers`,
  text: ({ refusal }) =>
    `It holds data of ${listed(refusal.drivers)}. dockerd wants to be told which one is meant.`,
  goals: ({ situation, outlook, refusal }) => {
    const able = dockerDrivers(situation).filter(({ possible }) => possible !== 'no');
    const names = refusal.drivers.filter((name) => able.some(({ driver }) => driver === name));
    const [first = refusal.drivers[0], ...others] = names;
    const or = others.length === 0 ? '' : ` (or ${listed(others)})`;
    return [
      byHand(
        `name one of them: "storage-driver": "${first}" in ${outlook.facts.configuration.file.path}${or}; the images of the others stay where they are, unseen`,
      ),
    ];
  },
});

export const dockerDataDeprecated = entry<Refused<'deprecated-data'>>({
  code: 'docker-data-deprecated',
  meaning:
    'The data here is of a deprecated storage driver, which is not asked for by name: Engine 23.0 and 24.0 do not start then.',
  severities: ['critical'],
  when: (situation) => {
    const found = refused(situation, 'deprecated-data');
    return found === null ? NOTHING : [{ subject: found.refusal.driver, args: found }];
  },
  severity: () => 'critical',
  title: ({ outlook, refusal }) =>
    `${engineOf(outlook)} does not start: it wants ${refusal.driver} to be asked for`,
  text: ({ outlook, refusal }) =>
    `${outlook.facts.dataRoot} holds data of ${refusal.driver}, which is deprecated. Engine ${removedIn(refusal.driver) ?? ''} has it no more.`,
  goals: ({ outlook, refusal }) => [
    byHand(
      `set "storage-driver": "${refusal.driver}" in ${outlook.facts.configuration.file.path}, and save the images with docker save before the next upgrade`,
    ),
  ],
});

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
    'Docker is set to the aufs storage driver, and the running kernel has no AUFS: Docker does not start.',
  severities: ['critical'],
  followsFrom: ['running-kernel-without-aufs', 'next-boot-without-aufs'],
  when: (situation) => lacking(situation, isAufsKernel).map((args) => ({ subject: 'aufs', args })),
  severity: () => 'critical',
  title: () => 'Docker is set to aufs, which the running kernel does not have',
  text: ({ refusal }) => `${capital(lackText('aufs', refusal.lack))}.`,
  about: ({ situation }) => ({ kernel: aboutKernel(situation.running), modules: ['aufs'] }),
  // The link that is broken has a finding of its own, with the commands.
  goals: () => [],
});

export const dockerAufsOnBtrfs = entry<Lacking>({
  code: 'docker-aufs-on-btrfs',
  meaning:
    'Docker is to keep AUFS layers on a btrfs filesystem: dockerd refuses ("AUFS is not supported over btrfs") and does not start. AUFS on btrfs fails in many strange ways.',
  severities: ['critical'],
  when: (situation) => lacking(situation, isAufsPlace).map((args) => ({ subject: placeOf(args), args })),
  severity: () => 'critical',
  title: (args) => `Docker does not start: dockerd refuses aufs on btrfs in ${placeOf(args)}`,
  text: () =>
    'AUFS is not supported over btrfs. On btrfs use another storage driver, or mount another filesystem there.',
  goals: ({ situation }) => otherDriver(situation, 'aufs', 'dockerd refuses aufs there'),
});

function placeOf({ refusal: { lack }, outlook }: Lacking): string {
  return lack.of === 'filesystem' || lack.of === 'd-type' ? lack.path : outlook.facts.dataRoot;
}

export const dockerDriverUnavailable = entry<Lacking>({
  code: 'docker-driver-unavailable',
  meaning:
    'The storage driver that counts for Docker (the one asked for, else the one that has the data) cannot work here: the running kernel, the filesystem or a program that it calls is not there, or a storage-opt is none of its own. dockerd does not start.',
  severities: ['critical'],
  when: (situation) =>
    lacking(situation, (args) => !isAufsKernel(args) && !isAufsPlace(args)).map((args) => ({
      subject: args.refusal.driver,
      args,
    })),
  severity: () => 'critical',
  title: ({ refusal }) => `Docker does not start: the storage driver ${refusal.driver} cannot be used here`,
  text: ({ outlook, refusal }) => `${capital(lackText(refusal.driver, refusal.lack))}.${andNext(outlook)}`,
  about: aboutLack,
  goals: ({ situation, outlook, refusal: { driver, lack } }) => {
    if (lack.of === 'option')
      return [
        byHand(
          `take the storage option out of ${outlook.facts.configuration.file.path} or the options of dockerd: it belongs to another driver`,
        ),
      ];
    if (lack.of === 'kernel' && outlook.next?.start.is === 'starts')
      return [{ is: 'booted', why: `starts ${outlook.next.kernel.name}, which has what ${driver} needs` }];
    const same = sameDriver(situation, driver);
    return same.length > 0 ? same : otherDriver(situation, driver, lackText(driver, lack));
  },
});

/** The kernel is what it is about where that is what lacks something. */
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
  if (next.start.is === 'refuses') return ` Nor will it start with ${name}, which boots next.`;
  return next.start.is === 'starts' ? ` It will start with ${name}, which boots next.` : '';
}

function capital(text: string): string {
  return text.replace(/^./, (first) => first.toUpperCase());
}
