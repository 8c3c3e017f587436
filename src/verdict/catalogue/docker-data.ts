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
    'This version of the engine no longer has the storage driver that Docker is set to: dockerd does not start. As a notice: no driver is set, and the only images here belong to such a driver; dockerd starts, but does not see them.',
  severities: ['critical', 'notice'],
  when: (situation) => {
    const set = refused(situation, 'removed');
    if (set !== null) return [{ subject: set.refusal.driver, args: set }];
    const lost = lostData(situation);
    return lost === null ? NOTHING : [{ subject: lost.driver, args: lost }];
  },
  severity: (args) => ('refusal' in args ? 'critical' : 'notice'),
  title: (args) =>
    'refusal' in args
      ? `${engineOf(args.outlook)} does not start: it no longer has the storage driver ${args.refusal.driver}`
      : `${engineOf(args.outlook)} does not see the images in ${args.outlook.facts.dataRoot}/${args.driver}`,
  text: (args) =>
    'refusal' in args
      ? `Engine ${args.refusal.removedIn} removed the driver.`
      : `Engine ${args.removedIn} removed the storage driver ${args.driver}. dockerd uses another one, and starts without images.`,
  goals: (args) =>
    'refusal' in args
      ? otherDriver(args.situation, args.refusal.driver, 'this engine has no such driver')
      : [
          byHand(
            `save the images with an older engine and load them into this one, or delete ${args.outlook.facts.dataRoot}/${args.driver}`,
          ),
        ],
});

interface LostData {
  readonly outlook: DockerOutlook;
  readonly driver: string;
  readonly removedIn: string;
}

/** The data, if no driver is set and all the data here belongs to drivers that the engine no longer has. */
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
    'The data root of Docker holds data of several storage drivers, but no driver is set: dockerd does not start until one is named.',
  severities: ['critical'],
  when: (situation) => {
    const found = refused(situation, 'several');
    return found === null ? NOTHING : [{ subject: found.outlook.facts.dataRoot, args: found }];
  },
  severity: () => 'critical',
  title: ({ outlook }) =>
    `Docker does not start: ${outlook.facts.dataRoot} holds data of several storage drivers`,
  text: ({ refusal }) =>
    `dockerd starts only if one of them is set. The data is of ${listed(refusal.drivers)}.`,
  goals: ({ situation, outlook, refusal }) => {
    const able = dockerDrivers(situation).filter(({ possible }) => possible !== 'no');
    const names = refusal.drivers.filter((name) => able.some(({ driver }) => driver === name));
    const [first = refusal.drivers[0], ...others] = names;
    const or = others.length === 0 ? '' : ` (or ${listed(others)})`;
    return [
      byHand(
        `set "storage-driver": "${first}"${or} in ${outlook.facts.configuration.file.path}. The images of the others stay on disk, but Docker does not see them`,
      ),
    ];
  },
});

export const dockerDataDeprecated = entry<Refused<'deprecated-data'>>({
  code: 'docker-data-deprecated',
  meaning:
    'The data here belongs to a deprecated storage driver that is not set by name. Engine 23.0 and 24.0 do not start then.',
  severities: ['critical'],
  when: (situation) => {
    const found = refused(situation, 'deprecated-data');
    return found === null ? NOTHING : [{ subject: found.refusal.driver, args: found }];
  },
  severity: () => 'critical',
  title: ({ outlook, refusal }) =>
    `${engineOf(outlook)} does not start: it uses ${refusal.driver} only if it is set by name`,
  text: ({ outlook, refusal }) =>
    `${outlook.facts.dataRoot} holds data of ${refusal.driver}, which is deprecated. Engine ${removedIn(refusal.driver) ?? ''} removes it.`,
  goals: ({ outlook, refusal }) => [
    byHand(
      `set "storage-driver": "${refusal.driver}" in ${outlook.facts.configuration.file.path}, and save the images with docker save before the next upgrade`,
    ),
  ],
});
