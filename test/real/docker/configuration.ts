import type { StorageDriver } from '../../../src/model/docker.ts';

/** A file system that a loop device, or memory, can give here. `ext4-plain` keeps no file types (d_type). */
export type Disk = 'tmpfs' | 'ext4' | 'ext4-plain' | 'btrfs' | 'xfs' | 'overlay';

/** A machine on which dockerd is started, and what comes out. */
export interface Configuration {
  readonly name: string;
  /** What /var/lib/docker lies on; by default tmpfs. */
  readonly disk?: Disk;
  /** A mount of its own on the directory of a driver. */
  readonly home?: { readonly driver: StorageDriver; readonly disk: Disk };
  /** Drivers whose directories hold something. */
  readonly data?: readonly StorageDriver[];
  /** Directories of drivers that are there, and empty. */
  readonly empty?: readonly StorageDriver[];
  /** Where those directories are; by default /var/lib/docker. */
  readonly dataRoot?: string;
  /** Text of /etc/docker/daemon.json. */
  readonly daemonJson?: string;
  /** Options as in DOCKER_OPTS. */
  readonly options?: string;
  /** DOCKER_DRIVER, exported. */
  readonly variable?: string;
  /** A file of that name that can be run is put into the path. */
  readonly program?: 'fuse-overlayfs' | 'zfs';
  /** Files under /etc beside. */
  readonly files?: Readonly<Record<string, string>>;
  /** The driver that it starts with, or why it does not: `overlay2`, `refuses several`. */
  readonly ends: string;
}

/** What came out, in the namespace in which dockerd was started. */
export interface Outcome {
  /** As in Configuration.ends. */
  readonly predicted: string;
  /** What the prediction says that the log of dockerd says; null where it starts. */
  readonly words: string | null;
  /** The driver that dockerd says it uses; null: it ended. */
  readonly driver: string | null;
  readonly log: string;
}

/** A machine on which podman looks for its storage driver, and what comes out. */
export interface ContainersConfiguration {
  readonly name: string;
  /** What /var/lib/containers/storage lies on; by default tmpfs. */
  readonly disk?: Disk;
  /** Directories of drivers that are there, and empty. */
  readonly homes?: readonly StorageDriver[];
  /** Is there a fuse-overlayfs? */
  readonly program?: true;
  /** Text of /etc/containers/storage.conf. */
  readonly conf: string;
  /** The driver, or why there is none: `overlay`, `refuses filesystem`, `several`. */
  readonly ends: string;
}

export type ContainersOutcome = Outcome;
