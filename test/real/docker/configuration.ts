import type { StorageDriver } from '../../../src/model/docker.ts';

/** A file system that can be made here on a loop device or in memory. `ext4-plain` stores no file types (d_type). */
export type Disk = 'tmpfs' | 'ext4' | 'ext4-plain' | 'btrfs' | 'xfs' | 'overlay';

/** A machine on which dockerd is started, and the result. */
export interface Configuration {
  readonly name: string;
  /** The file system of /var/lib/docker; by default tmpfs. */
  readonly disk?: Disk;
  /** A separate mount on the directory of a driver. */
  readonly home?: { readonly driver: StorageDriver; readonly disk: Disk };
  /** Drivers whose directories have data. */
  readonly data?: readonly StorageDriver[];
  /** Directories of drivers that exist and are empty. */
  readonly empty?: readonly StorageDriver[];
  /** The parent of those directories; by default /var/lib/docker. */
  readonly dataRoot?: string;
  /** Text of /etc/docker/daemon.json. */
  readonly daemonJson?: string;
  /** Options as in DOCKER_OPTS. */
  readonly options?: string;
  /** DOCKER_DRIVER, exported. */
  readonly variable?: string;
  /** An executable file of that name is put into the path. */
  readonly program?: 'fuse-overlayfs' | 'zfs';
  /** Further files under /etc. */
  readonly files?: Readonly<Record<string, string>>;
  /** The driver that it starts with, or why it does not: `overlay2`, `refuses several`. */
  readonly ends: string;
}

/** The result, in the namespace in which dockerd was started. */
export interface Outcome {
  /** As in Configuration.ends. */
  readonly predicted: string;
  /** The text that the prediction expects in the log of dockerd; null if it starts. */
  readonly words: string | null;
  /** The driver that dockerd reports; null: it ended. */
  readonly driver: string | null;
  readonly log: string;
}

/** A machine on which podman chooses its storage driver, and the result. */
export interface ContainersConfiguration {
  readonly name: string;
  /** The file system of /var/lib/containers/storage; by default tmpfs. */
  readonly disk?: Disk;
  /** Directories of drivers that exist and are empty. */
  readonly homes?: readonly StorageDriver[];
  /** Is there a fuse-overlayfs? */
  readonly program?: true;
  /** Text of /etc/containers/storage.conf. */
  readonly conf: string;
  /** The driver, or why there is none: `overlay`, `refuses filesystem`, `several`. */
  readonly ends: string;
}

export type ContainersOutcome = Outcome;
