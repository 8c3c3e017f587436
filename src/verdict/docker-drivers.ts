import {
  type DockerFacts,
  DRIVER_FLAGS,
  REMOVED_IN,
  STORAGE_DRIVERS,
  type StorageDriver,
} from '../model/docker.ts';
import type { Fact } from '../model/fact.ts';

/** What the kernel in question can do for a storage driver. */
export interface KernelSupport {
  /** Names in /proc/filesystems; unknown where the kernel does not run. */
  readonly filesystems: Fact<readonly string[]>;
  /** Options without `CONFIG_`. */
  readonly options: Fact<Readonly<Record<string, string>>>;
  /** Modules of its own on disk, and those compiled in, as far as drivers need them. */
  readonly modules: Fact<{ readonly available: readonly string[]; readonly builtin: readonly string[] }>;
  /** Would it load an out-of-tree module (aufs, zfs)? */
  load(module: string): Answer;
}

export interface Answer {
  readonly is: 'yes' | 'no' | 'unknown';
  /** A clause for a person. */
  readonly why: string;
}

/** A storage driver on this machine: can it be used, and what is to be said of it? */
export interface DriverRow {
  readonly driver: StorageDriver;
  readonly possible: 'yes' | 'no' | 'unknown';
  /** What holds against it, then what is not known, then what it costs. */
  readonly why: readonly string[];
}

/** Engine from which on a driver is deprecated (Docker's list of deprecated features). */
const DEPRECATED_SINCE: Readonly<Partial<Record<StorageDriver, string>>> = {
  aufs: '19.03',
  devicemapper: '18.09',
  overlay: '18.09',
};

/** One row a driver, in the order of their names. */
export function driverRows(docker: DockerFacts, kernel: KernelSupport): DriverRow[] {
  return STORAGE_DRIVERS.map((driver) => {
    const answers = [
      ...engineAnswers(driver, docker),
      ...packageAnswers(driver, docker),
      ...kernelAnswers(driver, kernel),
      ...placeAnswers(driver, docker),
    ];
    const against = answers.filter((answer) => answer.is === 'no');
    const open = answers.filter((answer) => answer.is === 'unknown');
    return {
      driver,
      possible: against.length > 0 ? 'no' : open.length > 0 ? 'unknown' : 'yes',
      why: [...against, ...open, ...costs(driver, docker)].map((each) => each.why),
    };
  });
}

function engineAnswers(driver: StorageDriver, { engine }: DockerFacts): Answer[] {
  const removed = REMOVED_IN[driver];
  if (removed === undefined) return [];
  const major = engine.known ? Number.parseInt(engine.value, 10) : Number.NaN;
  if (Number.isNaN(major))
    return [unsure(`removed in Engine ${removed}.0, and the engine's version is not known`)];
  if (major < removed) return [];
  return [no(`removed in Engine ${removed}.0; this is ${engine.known ? engine.value : ''}`)];
}

/** A daemon that runs with a driver has it, whatever is installed now. */
function packageAnswers(driver: StorageDriver, { leftOut, used }: DockerFacts): Answer[] {
  const flag = DRIVER_FLAGS[driver];
  const runsWith = used.known && used.value?.by === 'daemon' ? used.value.driver : null;
  if (flag === undefined || driver === runsWith) return [];
  if (!leftOut.known)
    return [unsure(`it is not known whether Docker was built with USE=${flag}: ${leftOut.detail}`)];
  return leftOut.value.some((each) => each.driver === driver) ? [no(`built without USE=${flag}`)] : [];
}

interface Need {
  /** Name in /proc/filesystems; null: the driver needs none. */
  readonly filesystem: string | null;
  readonly options: readonly string[];
  readonly modules: readonly string[];
}

const OVERLAY: Need = { filesystem: 'overlay', options: ['OVERLAY_FS'], modules: ['overlay'] };

/** What each driver needs of the kernel; vfs needs nothing. */
const NEEDS: Readonly<Partial<Record<StorageDriver, Need>>> = {
  aufs: { filesystem: 'aufs', options: ['AUFS_FS'], modules: ['aufs'] },
  btrfs: { filesystem: 'btrfs', options: ['BTRFS_FS'], modules: ['btrfs'] },
  devicemapper: {
    filesystem: null,
    options: ['BLK_DEV_DM', 'DM_THIN_PROVISIONING'],
    modules: ['dm-mod', 'dm-thin-pool'],
  },
  'fuse-overlayfs': { filesystem: 'fuse', options: ['FUSE_FS'], modules: ['fuse'] },
  overlay: OVERLAY,
  overlay2: OVERLAY,
  zfs: { filesystem: 'zfs', options: [], modules: ['zfs'] },
};

function kernelAnswers(driver: StorageDriver, kernel: KernelSupport): Answer[] {
  const need = NEEDS[driver];
  if (need === undefined) return [];
  const { filesystem } = need;
  if (filesystem !== null && kernel.filesystems.known && kernel.filesystems.value.includes(filesystem))
    return [];
  if (driver === 'aufs' || driver === 'zfs') return outOfTree(driver, kernel);
  return need.modules.flatMap((module, at) => fromConfiguration(module, need.options[at] ?? '', kernel));
}

/** These two come from packages: a file on disk says little, whether it loads is the question. */
function outOfTree(module: string, kernel: KernelSupport): Answer[] {
  const answer = kernel.load(module);
  if (answer.is === 'yes') return [];
  return [{ is: answer.is, why: `the kernel has no ${module}: ${answer.why}` }];
}

/** A feature that the kernel's own configuration gives, compiled in or as a module that is on disk. */
function fromConfiguration(module: string, option: string, kernel: KernelSupport): Answer[] {
  const { modules, options } = kernel;
  if (modules.known && (has(modules.value.available, module) || has(modules.value.builtin, module)))
    return [];
  if (!options.known) {
    return [unsure(`it is not known whether the kernel has ${module}: ${options.detail}`)];
  }
  const value = options.value[option];
  if (value === 'y') return [];
  if (value !== 'm') return [no(`CONFIG_${option} is not set in the kernel`)];
  if (!modules.known)
    return [unsure(`${module} is a module, and it is not known whether it is there: ${modules.detail}`)];
  return [no(`CONFIG_${option}=m, and the module ${module} is not in /lib/modules`)];
}

/** Filesystems on which dockerd refuses a driver (its own checks in daemon/graphdriver). */
const REFUSED_ON: Readonly<Partial<Record<StorageDriver, readonly string[]>>> = {
  aufs: ['aufs', 'btrfs', 'ecryptfs'],
  overlay: ['aufs', 'btrfs', 'ecryptfs', 'overlay', 'zfs'],
  overlay2: ['aufs', 'ecryptfs', 'nfs', 'nfs4', 'overlay'],
};

function placeAnswers(driver: StorageDriver, docker: DockerFacts): Answer[] {
  const { backingFilesystem, dataRoot } = docker;
  if (driver === 'btrfs' || driver === 'zfs') {
    if (!backingFilesystem.known)
      return [unsure(`it is not known what ${dataRoot} lies on: ${backingFilesystem.detail}`)];
    return backingFilesystem.value === driver
      ? []
      : [no(`${dataRoot} lies on ${backingFilesystem.value}, not on ${driver}`)];
  }
  const refused = REFUSED_ON[driver];
  if (refused === undefined) return [];
  if (!backingFilesystem.known) {
    return [unsure(`it is not known what ${dataRoot} lies on: ${backingFilesystem.detail}`)];
  }
  const type = backingFilesystem.value;
  if (refused.includes(type)) return [no(`Docker refuses ${driver} on ${type}, which ${dataRoot} lies on`)];
  if (driver !== 'overlay2') return [];
  if (type === 'zfs') return onZfs(docker);
  return fileTypes(docker, type);
}

/** From 19.03.7 on dockerd no longer names filesystems; it tries out whether one can hold the layers. */
function onZfs({ engine }: DockerFacts): Answer[] {
  const need = 'on zfs it needs OpenZFS 2.2 and Engine 19.03.7 or later';
  const isOlder = engine.known && comparable(engine.value) < comparable('19.03.7');
  return isOlder ? [no(`${need}; this is ${engine.value}`)] : [unsure(need)];
}

function comparable(version: string): number {
  const [major = 0, minor = 0, point = 0] = version.split('.').map((part) => Number.parseInt(part, 10) || 0);
  return (major * 1000 + minor) * 1000 + point;
}

/** xfs keeps file types in directories only where it was made with ftype=1, the default since 2015. */
function fileTypes({ dType, dataRoot }: DockerFacts, type: string): Answer[] {
  if (dType.known) return dType.value ? [] : [no(`${dataRoot} lies on a filesystem without d_type`)];
  return type === 'xfs' ? [unsure(`xfs must have been made with ftype=1: xfs_info ${dataRoot} tells`)] : [];
}

/** What is to be said of a driver that can be used. */
function costs(driver: StorageDriver, docker: DockerFacts): { why: string }[] {
  const deprecated = DEPRECATED_SINCE[driver];
  const old = deprecated === undefined ? [] : [{ why: `deprecated since Engine ${deprecated}` }];
  switch (driver) {
    case 'vfs':
      return [{ why: 'no copy on write: the whole root filesystem again for each layer' }];
    case 'devicemapper':
      if (docker.loopback.known && docker.loopback.value)
        return [{ why: 'slow here: it works on loop files' }, ...old];
      return [{ why: 'slow unless it has a block device of its own' }, ...old];
    case 'fuse-overlayfs':
      return [{ why: 'needs the program fuse-overlayfs; meant for Docker without root' }];
    default:
      return old;
  }
}

/** The kernel takes `-` and `_` in names of modules for the same. */
function has(names: readonly string[], module: string): boolean {
  return names.some((name) => name.replaceAll('_', '-') === module);
}

function no(why: string): Answer {
  return { is: 'no', why };
}

function unsure(why: string): Answer {
  return { is: 'unknown', why };
}
