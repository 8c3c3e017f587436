import type { StorageDriver } from '../model/docker.ts';
import { configuredDrivers } from '../model/docker-configuration.ts';
import { dockerDrivers } from './docker-outlook.ts';
import { deprecatedSince } from './dockerd/drivers.ts';
import type { Lack } from './dockerd/refusal.ts';
import type { DriverRow } from './dockerd/table.ts';
import type { Goal } from './goal.ts';
import type { Situation } from './situation.ts';
import { listed } from './words.ts';

/** Drivers in the order of preference: first those with copy on write, last the one that copies everything. */
const ADVISED: readonly StorageDriver[] = ['overlay2', 'btrfs', 'zfs', 'fuse-overlayfs', 'vfs'];

/**
 * Goals that replace the driver `old` by one that works on this kernel, engine and file system, from the table that
 * `aufswatch docker` shows. If none works, they provide what the first of them lacks. They include saving the images.
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
 * Goals that make the driver itself work, so that its images stay: a kernel option, a USE flag, a program. Empty if the
 * driver lacks something else.
 */
export function sameDriver(situation: Situation, driver: string): Goal[] {
  const row = dockerDrivers(situation).find((each) => each.driver === driver);
  return row?.lacks.every(isMendable) ? mendAll(situation, row) : [];
}

/** True if a kernel option, a USE flag or a program provides what is missing. */
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
      return [{ is: 'ran', stage: 'docker', commands: [{ words }], why: `installs ${lack.program}` }];
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
 * Goals that provide a part of the kernel: install its modules, if only those are missing; compile, if the option is set in
 * the selected sources; else set the option there.
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

/** Goals that build the package with a driver that it was built without. */
function buildWith({ snapshot }: Situation, driver: string, flag: string): Goal[] {
  const installed = snapshot.portage.packages.find(({ kinds }) => kinds.includes('docker'));
  if (installed === undefined) return [];
  return [
    { is: 'use-flag', package: installed, flag, stage: 'docker', why: `Docker was built without ${driver}` },
    { is: 'package-merged', package: installed, stage: 'docker', why: `builds Docker with ${driver}` },
  ];
}

/** Sets the new driver in the place that sets the old one: given twice, dockerd would not start. */
function take({ snapshot }: Situation, { driver, possible, why: open, lacks }: DriverRow, why: string): Goal {
  const { options, file } = snapshot.docker.configuration;
  const asked = configuredDrivers(snapshot.docker.configuration);
  const how = asked.every(({ where }) => where === file.path)
    ? `set "storage-driver": "${driver}" in ${file.path}`
    : `set the storage driver to ${driver} in ${listed(asked.map(({ where }) => where))}`;
  const hasOptions =
    options.some(({ name }) => name === 'storage-opt') ||
    (file.content.state === 'read' && file.content.storage.options.length > 0);
  const without = hasOptions ? ', remove the storage-opts of the old driver' : '';
  // A part of the kernel needs a reboot, which restarts Docker as well.
  const restart = lacks.some(({ of }) => of === 'kernel') ? '' : ' and restart Docker';
  const perhaps = possible === 'unknown' ? ` (${open.join('; ')})` : '';
  return byHand(`${how}${without}${restart}: ${why}${perhaps}`);
}

/** Each driver has its own images: after a change of the driver the old ones are not seen. */
function saveImages(situation: Situation, old: string): Goal[] {
  const { dataRoot, homes, used } = situation.snapshot.docker;
  const hasData = homes.known && homes.value.some((home) => home.driver === old && home.hasData);
  if (!hasData) return [];
  const works =
    (used.known && used.value === old) ||
    dockerDrivers(situation).some(({ driver, possible }) => driver === old && possible === 'yes');
  const where = `${dataRoot}/${old}`;
  return [
    byHand(
      works
        ? `save the images that you still need with docker save, while Docker still uses ${old}: another driver does not see those in ${where}`
        : `keep ${where} if you still need its images: another driver does not see them, and docker save needs an engine and a kernel that support ${old}`,
    ),
  ];
}

export function byHand(what: string): Goal {
  return { is: 'done-by-hand', stage: 'docker', what };
}
