import type { StorageDriver } from '../model/docker.ts';
import { askedDrivers } from '../model/docker-configuration.ts';
import { dockerDrivers } from './docker-outlook.ts';
import { deprecatedSince } from './dockerd/drivers.ts';
import type { Lack } from './dockerd/refusal.ts';
import type { DriverRow } from './dockerd/table.ts';
import type { Goal } from './goal.ts';
import type { Situation } from './situation.ts';
import { listed } from './words.ts';

/** In this order they are advised: those with copy on write, and last the one that copies everything. */
const ADVISED: readonly StorageDriver[] = ['overlay2', 'btrfs', 'zfs', 'fuse-overlayfs', 'vfs'];

/**
 * Another driver in place of `old`: one that this kernel, this engine and this file system can do, computed from the same
 * table that `aufswatch docker` shows; else what is missing for the first of them. And what becomes of the images.
 */
export function otherDriver(situation: Situation, old: string, why: string): Goal[] {
  const rows = dockerDrivers(situation).filter(({ driver }) => driver !== old);
  const advised = ADVISED.flatMap((driver) => rows.find((row) => row.driver === driver) ?? []);
  const good = advised.filter(({ driver }) => driver !== 'vfs' && deprecatedSince(driver) === null);
  const able = good.find(({ possible }) => possible === 'yes');
  const mendable = good.find(({ lacks }) => lacks.length > 0 && lacks.every(isMendable));
  const rest = advised.find(({ possible }) => possible !== 'no');
  const row = able ?? mendable ?? rest;
  if (row === undefined) return [];
  return [...saveImages(situation, old), ...mendAll(situation, row), take(situation, row, why)];
}

/**
 * What brings the driver itself, with its images: an option of the kernel, a USE flag, a program. Nothing where that is not
 * what it lacks.
 */
export function sameDriver(situation: Situation, driver: string): Goal[] {
  const row = dockerDrivers(situation).find((each) => each.driver === driver);
  return row?.lacks.every(isMendable) ? mendAll(situation, row) : [];
}

/** What can be brought here: an option of the kernel, a USE flag, a program. */
function isMendable(lack: Lack): boolean {
  if (lack.of === 'kernel') return lack.option !== null;
  return lack.of === 'package' || lack.of === 'program';
}

function mendAll(situation: Situation, { driver, lacks }: DriverRow): Goal[] {
  return lacks.flatMap((lack) => mend(situation, driver, lack));
}

function mend(situation: Situation, driver: string, lack: Lack): Goal[] {
  switch (lack.of) {
    case 'kernel':
      return kernelGoals(situation, lack, `${driver} needs it`);
    case 'program': {
      const words = ['emerge', PROGRAM_PACKAGES[lack.program] ?? lack.program];
      return [{ is: 'ran', stage: 'docker', commands: [{ words }], why: `brings ${lack.program}` }];
    }
    case 'package':
      return buildWith(situation, driver, lack.flag);
    default:
      return [];
  }
}

const PROGRAM_PACKAGES: Readonly<Record<string, string>> = {
  'fuse-overlayfs': 'sys-fs/fuse-overlayfs',
  zfs: 'sys-fs/zfs',
};

/**
 * What brings a part of the kernel: the boot, where the kernel that boots next has it; its modules, where only those are
 * missing; else its option in the selected sources.
 */
export function kernelGoals(
  { tree }: Situation,
  { option, module, isModule }: Extract<Lack, { of: 'kernel' }>,
  why: string,
): Goal[] {
  if (option === null) return [];
  if (tree === null)
    return [
      byHand(
        `set CONFIG_${option}=m in the configuration of the kernel, compile, install and boot it: ${why}`,
      ),
    ];
  if (isModule) return [{ is: 'own-modules' }];
  const isSet = tree.config.known && /^[ym]$/.test(tree.config.value.options[option] ?? '');
  if (isSet) return [{ is: 'compiled' }];
  return [{ is: 'configured', option, value: 'm', why: `configures ${module}: ${why}` }];
}

/** What brings a driver that the package was built without. */
function buildWith({ snapshot }: Situation, driver: string, flag: string): Goal[] {
  const installed = snapshot.portage.packages.find(({ kinds }) => kinds.includes('docker'));
  if (installed === undefined) return [];
  return [
    { is: 'use-flag', package: installed, flag, stage: 'docker', why: `Docker was built without ${driver}` },
    { is: 'package-merged', package: installed, stage: 'docker', why: `builds Docker with ${driver}` },
  ];
}

/** In the place that asks for one now: given twice, dockerd would not start. */
function take({ snapshot }: Situation, { driver, possible, why: open, lacks }: DriverRow, why: string): Goal {
  const { options, file } = snapshot.docker.configuration;
  const asked = askedDrivers(snapshot.docker.configuration);
  const how = asked.every(({ where }) => where === file.path)
    ? `set "storage-driver": "${driver}" in ${file.path}`
    : `ask for ${driver} instead (asked for now by ${listed(asked.map(({ where }) => where))})`;
  const hasOptions =
    options.some(({ name }) => name === 'storage-opt') ||
    (file.content.state === 'read' && file.content.storage.options.length > 0);
  const without = hasOptions ? ', take out the storage-opts, which belong to another driver' : '';
  // What the kernel lacks comes with the boot, which restarts Docker as well.
  const restart = lacks.some(({ of }) => of === 'kernel') ? '' : ' and restart Docker';
  const perhaps = possible === 'unknown' ? ` (${open.join('; ')})` : '';
  return byHand(`${how}${without}${restart}: ${why}${perhaps}`);
}

/** Images do not follow: each driver keeps its own. */
function saveImages(situation: Situation, old: string): Goal[] {
  const { dataRoot, homes, used } = situation.snapshot.docker;
  const hasData = homes.known && homes.value.some((home) => home.driver === old && home.hasData);
  if (!hasData) return [];
  const works =
    (used.known && used.value === old) ||
    dockerDrivers(situation).some(({ driver, possible }) => driver === old && possible === 'yes');
  const how = works
    ? 'save those that are still wanted with docker save, while Docker still uses it'
    : 'to save them with docker save it takes an engine and a kernel that have it';
  return [
    byHand(
      `the images stay with ${old} in ${dataRoot}/${old}, where another driver does not see them: ${how}`,
    ),
  ];
}

export function byHand(what: string): Goal {
  return { is: 'done-by-hand', stage: 'docker', what };
}
