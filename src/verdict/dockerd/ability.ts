import { DRIVER_FLAGS, type StorageDriver } from '../../model/docker.ts';
import { type Ability, CAN, cannot, unsure } from './answer.ts';
import { addedIn, isPartOf, removedIn } from './drivers.ts';
import { type Ground, leftOutBy, type Place, placeOf, rootPlace } from './ground.ts';
import { kernelAbility } from './kernel-needs.ts';
import { has } from './rules.ts';
import { isPositiveSize, refusedOption, storageOption } from './storage-options.ts';

type Check = (ground: Ground, options: readonly string[]) => Ability;

/**
 * The checks of each driver's Init(), in its order: daemon/graphdriver/DRIVER of moby. dockerd ends with the first one
 * that fails. An unknown check makes the answer unknown, unless a later one certainly fails.
 */
const INIT: Readonly<Record<StorageDriver, readonly Check[]>> = {
  aufs: [kernelHas('aufs'), refusesOn('aufs', ['aufs', 'btrfs', 'ecryptfs'])],
  btrfs: [isOn('btrfs'), takesOptions('btrfs'), kernelHas('btrfs')],
  devicemapper: [kernelHas('devicemapper'), takesOptions('devicemapper')],
  'fuse-overlayfs': [program('fuse-overlayfs'), kernelHas('fuse-overlayfs')],
  overlay: [takesOptions('overlay'), kernelHas('overlay'), holdsLayers('overlay'), keepsTypes('overlay')],
  overlay2: [
    takesOptions('overlay2'),
    kernelHas('overlay2'),
    holdsLayers('overlay2'),
    keepsTypes('overlay2'),
    quota,
  ],
  vfs: [takesOptions('vfs')],
  zfs: [program('zfs'), kernelHas('zfs'), takesOptions('zfs'), dataset],
};

/** Whether this engine, on this kernel and disk, can use the driver with these storage-opts. */
export function abilityOf(driver: StorageDriver, ground: Ground, options: readonly string[]): Ability {
  const answers = answersOf(driver, ground, options);
  const no = answers.find(({ is }) => is === 'cannot');
  const open = answers.find(({ is }) => is === 'unknown');
  const warning = answers.find((answer) => answer.is === 'can' && answer.warns !== null);
  return no ?? open ?? warning ?? CAN;
}

/** The answers of all checks, in their order; abilityOf() combines them. */
export function answersOf(driver: StorageDriver, ground: Ground, options: readonly string[]): Ability[] {
  return [registered(driver, ground), ...INIT[driver].map((check) => check(ground, options))];
}

/** Whether the driver is compiled into this dockerd. */
export function registered(driver: StorageDriver, ground: Ground): Ability {
  const { engine, docker } = ground;
  if (!isPartOf(engine, driver)) {
    const removed = removedIn(driver);
    const is = docker.engine.known ? `; this is ${docker.engine.value}` : '';
    const why =
      removed === null
        ? `there since Engine ${addedIn(driver) ?? ''}${is}`
        : `removed in Engine ${removed}${is}`;
    return cannot({ of: 'engine', why });
  }
  // A daemon that runs with a driver has it, whatever package is installed now.
  const runsWith = docker.used.known ? docker.used.value : null;
  const flag = DRIVER_FLAGS[driver];
  if (flag === undefined || driver === runsWith) return CAN;
  const leftOut = leftOutBy(ground, driver);
  if (!leftOut.known)
    return unsure(`it is not known whether Docker was built with USE=${flag}: ${leftOut.detail}`);
  return leftOut.value === null ? CAN : cannot({ of: 'package', flag: leftOut.value.flag });
}

function kernelHas(driver: StorageDriver): Check {
  return ({ kernel }) => kernelAbility(driver, kernel);
}

function takesOptions(driver: StorageDriver): Check {
  return ({ engine }, options) => {
    const refused = refusedOption(driver, options, engine);
    return refused === null ? CAN : cannot(refused);
  };
}

/** exec.LookPath() */
function program(name: 'fuse-overlayfs' | 'zfs'): Check {
  return ({ docker: { programs } }) => {
    if (!programs.known) return unsure(`it is not known whether ${name} is installed: ${programs.detail}`);
    return programs.value.includes(name) ? CAN : cannot({ of: 'program', program: name });
  };
}

/** The file system must have the type of the driver. */
function isOn(driver: 'btrfs'): Check {
  return (ground) =>
    onPlace(ground, driver, (place, type) => (type === driver ? CAN : notOn(place, type, driver)));
}

/** The file system must not have one of these types. */
function refusesOn(driver: StorageDriver, types: readonly string[]): Check {
  return (ground) =>
    onPlace(ground, driver, (place, type) => (types.includes(type) ? notOn(place, type, null) : CAN));
}

/** File systems that can hold the layers of overlay, and those that cannot. */
const CARRY = ['bcachefs', 'btrfs', 'ext2', 'ext3', 'ext4', 'f2fs', 'tmpfs', 'xfs'];
const CANNOT_CARRY = ['aufs', 'ecryptfs', 'nfs', 'nfs4', 'overlay'];
/** Refused by name, before the engine tried a mount: overlay.go and overlay2.go of 19.03.6. */
const REFUSED_BY_NAME = {
  overlay: ['aufs', 'btrfs', 'ecryptfs', 'nfs', 'overlay', 'zfs'],
  overlay2: ['aufs', 'ecryptfs', 'nfs', 'overlay', 'zfs'],
} as const;

/** SupportsOverlay(): dockerd tries to mount an overlay. */
function holdsLayers(driver: 'overlay' | 'overlay2'): Check {
  return (ground) =>
    onPlace(ground, driver, (place, type) => {
      const byName: readonly string[] = REFUSED_BY_NAME[driver];
      if (!has(ground.engine, 'overlay-tried-out') && byName.includes(type)) return notOn(place, type, null);
      if (CANNOT_CARRY.includes(type)) return notOn(place, type, null);
      if (CARRY.includes(type)) return CAN;
      const since = type === 'zfs' ? 'OpenZFS can since 2.2' : 'dockerd tries it out';
      return unsure(
        `it is not known whether ${type}, the filesystem of ${place.path}, can hold layers: ${since}`,
      );
    });
}

/** SupportsDType(): only xfs can lack d_type, if it was made without ftype=1, the default since 2015. */
function keepsTypes(driver: 'overlay' | 'overlay2'): Check {
  return (ground) =>
    onPlace(ground, driver, ({ path, dType, hasData }, type) => {
      const tolerated = hasData && has(ground.engine, 'no-d-type-tolerated');
      if (!dType.known) {
        if (type !== 'xfs') return CAN;
        const why = `xfs must have been made with ftype=1: xfs_info ${path} shows it`;
        return tolerated ? { is: 'can', warns: `from Engine 23.0 on, ${why}` } : unsure(why);
      }
      if (dType.value) return CAN;
      if (tolerated)
        return {
          is: 'can',
          warns: `${path} is on ${type} without d_type, which leads to incorrect behaviour`,
        };
      return cannot({ of: 'd-type', type, path });
    });
}

/** overlay2.size needs project quotas, which dockerd uses on xfs only. */
function quota(ground: Ground, options: readonly string[]): Ability {
  const size = storageOption(options, 'overlay2.size');
  if (size === null || !isPositiveSize(size)) return CAN;
  return onPlace(ground, 'overlay2', ({ path }, type) =>
    type === 'xfs'
      ? unsure(`overlay2.size needs ${path} to be mounted with pquota`)
      : cannot({
          of: 'option',
          option: 'overlay2.size only supported for backingFS XFS',
          why: `overlay2.size needs xfs, but ${path} is on ${type}`,
        }),
  );
}

/** zfs checks the data root, whatever is mounted on its own directory; with the option zfs.fsname it checks neither. */
function dataset({ docker }: Ground, options: readonly string[]): Ability {
  if (storageOption(options, 'zfs.fsname')) return CAN;
  const place = rootPlace(docker);
  if (!place.filesystem.known)
    return unsure(`the filesystem of ${place.path} is not known: ${place.filesystem.detail}`);
  return place.filesystem.value === 'zfs' ? CAN : notOn(place, place.filesystem.value, 'zfs');
}

function onPlace(
  ground: Ground,
  driver: StorageDriver,
  answer: (place: Place, type: string) => Ability,
): Ability {
  const place = placeOf(ground, driver);
  if (!place.known) return unsure(`it is not known whether ${driver} has data: ${place.detail}`);
  const { path, filesystem } = place.value;
  if (!filesystem.known) return unsure(`the filesystem of ${path} is not known: ${filesystem.detail}`);
  return answer(place.value, filesystem.value);
}

function notOn({ path }: Place, type: string, wants: string | null): Ability {
  return cannot({ of: 'filesystem', type, path, wants });
}
