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

/** Engine from which on a driver is no more (Docker's list of deprecated features). */
export const REMOVED_IN: Readonly<Partial<Record<StorageDriver, number>>> = {
  aufs: 24,
  devicemapper: 25,
  overlay: 24,
};

/** USE flags of app-containers/docker that leave a driver out where they are off. No version has all of them. */
export const DRIVER_FLAGS: Readonly<Partial<Record<StorageDriver, string>>> = {
  aufs: 'aufs',
  btrfs: 'btrfs',
  devicemapper: 'device-mapper',
  overlay: 'overlay',
  overlay2: 'overlay2',
};

/** Has this engine lost that driver? What is not known counts as no. */
export function hasLost(engine: Fact<string>, driver: string): boolean {
  const known = STORAGE_DRIVERS.find((candidate) => candidate === driver);
  const removed = known === undefined ? undefined : REMOVED_IN[known];
  return engine.known && removed !== undefined && Number.parseInt(engine.value, 10) >= removed;
}

export interface DockerFacts {
  /** Is Docker here at all (package, configuration or data root)? */
  readonly present: boolean;
  /** Engine version, as `28.4.0`: from the answering daemon, else from the installed package. */
  readonly engine: Fact<string>;
  /** Drivers that the installed package was built without. */
  readonly leftOut: Fact<readonly LeftOutDriver[]>;
  /** Driver in use, and how that is known; null: none that can be told. */
  readonly used: Fact<{ readonly driver: string; readonly by: 'daemon' | 'directories' } | null>;
  /** Every place that asks for a driver, in Docker's order of precedence. */
  readonly asked: readonly AskedDriver[];
  /** What is given both as an option and in daemon.json, with which dockerd does not start; null: nothing. */
  readonly twice: AskedTwice | null;
  readonly dataRoot: string;
  /** Type of the filesystem beneath the data root, as `btrfs`. */
  readonly backingFilesystem: Fact<string>;
  /** Does that filesystem keep file types in its directories, which overlay2 needs? Only the daemon tells. */
  readonly dType: Fact<boolean>;
  /** devicemapper over loop files? */
  readonly loopback: Fact<boolean>;
  /** Driver directories with data under the data root. */
  readonly directories: Fact<readonly string[]>;
}

export interface LeftOutDriver {
  readonly driver: StorageDriver;
  /** The USE flag that would bring it. */
  readonly flag: string;
}

export interface AskedTwice {
  readonly setting: 'storage-driver' | 'data-root';
  /** The places of option and file, for a person. */
  readonly option: string;
  readonly file: string;
}

export interface AskedDriver {
  readonly driver: string;
  /** The file or command line that says so, for a person. */
  readonly where: string;
}
