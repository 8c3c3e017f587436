import type { DockerConfiguration } from './docker-configuration.ts';
import type { Fact } from './fact.ts';

export const STORAGE_DRIVERS = [
  'aufs',
  'btrfs',
  'devicemapper',
  'fuse-overlayfs',
  'overlay',
  'overlay2',
  'vfs',
  'zfs',
] as const;
export type StorageDriver = (typeof STORAGE_DRIVERS)[number];

/** USE flags of app-containers/docker that leave a driver out where they are off. No version has all of them. */
export const DRIVER_FLAGS: Readonly<Partial<Record<StorageDriver, string>>> = {
  aufs: 'aufs',
  btrfs: 'btrfs',
  devicemapper: 'device-mapper',
  overlay: 'overlay',
  overlay2: 'overlay2',
};

export interface DockerFacts {
  /** Is Docker on this machine (package, configuration or data root)? */
  readonly present: boolean;
  /** Engine version, as `28.4.0`: from the daemon if it answers, else from the installed package. */
  readonly engine: Fact<string>;
  /** The versions that repositories and binary packages on this machine offer, oldest first. */
  readonly offered: Fact<readonly string[]>;
  /** Drivers that the installed package was built without. */
  readonly leftOut: Fact<readonly LeftOutDriver[]>;
  /** The driver that the daemon reports; unknown where it does not answer. */
  readonly used: Fact<string>;
  readonly configuration: DockerConfiguration;
  /** The directory with the directories of the drivers: the data root, or with userns-remap a directory in it. */
  readonly dataRoot: string;
  /** Type of the filesystem beneath the data root, as `btrfs`. */
  readonly backingFilesystem: Fact<string>;
  /** Does that filesystem keep file types in its directories, which overlay2 needs? */
  readonly dType: Fact<boolean>;
  /** devicemapper over loop files? */
  readonly loopback: Fact<boolean>;
  /** The directories of drivers that are there. */
  readonly homes: Fact<readonly DriverHome[]>;
  /** Which of the programs that drivers call are installed. */
  readonly programs: Fact<readonly DriverProgram[]>;
}

/** DATA_ROOT/DRIVER. */
export interface DriverHome {
  readonly driver: StorageDriver;
  /** Does it hold anything? Docker concludes from that that the driver was in use. */
  readonly hasData: boolean;
  /** It may be a mount of its own. */
  readonly filesystem: Fact<string>;
  readonly dType: Fact<boolean>;
}

export const DRIVER_PROGRAMS = ['fuse-overlayfs', 'zfs'] as const;
export type DriverProgram = (typeof DRIVER_PROGRAMS)[number];

export interface LeftOutDriver {
  readonly driver: StorageDriver;
  /** The USE flag that would build it. */
  readonly flag: string;
}

/** The drivers whose directories hold something. */
export function driversWithData(homes: readonly DriverHome[]): StorageDriver[] {
  return homes.filter(({ hasData }) => hasData).map(({ driver }) => driver);
}
