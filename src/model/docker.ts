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

export interface DockerFacts {
  /** Is Docker here at all (package, configuration or data root)? */
  readonly present: boolean;
  /** Engine version, as `28.4.0`: from the answering daemon, else from the installed package. */
  readonly engine: Fact<string>;
  /** Driver in use, and how that is known; null: none that can be told. */
  readonly used: Fact<{ readonly driver: string; readonly by: 'daemon' | 'directories' } | null>;
  /** Every place that asks for a driver, in Docker's order of precedence. */
  readonly asked: readonly AskedDriver[];
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

export interface AskedDriver {
  readonly driver: string;
  /** The file or command line that says so, for a person. */
  readonly where: string;
}
