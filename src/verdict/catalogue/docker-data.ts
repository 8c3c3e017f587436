import { byHand, otherDriver } from '../docker-goals.ts';
import type { DockerOutlook } from '../docker-outlook.ts';
import { dockerDrivers, dockerOutlook } from '../docker-outlook.ts';
import { isPartOf, removedIn } from '../dockerd/drivers.ts';
import { parseEngine } from '../dockerd/engine.ts';
import type { Situation } from '../situation.ts';
import { listed } from '../words.ts';
import { engineOf, type Refused, refused } from './docker-refused.ts';
import { entry, NOTHING } from './entry.ts';

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
