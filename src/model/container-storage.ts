import type { DriverHome, DriverProgram } from './docker.ts';
import type { Fact } from './fact.ts';

/**
 * Where podman and buildah keep images: they share storage.conf (containers-storage.conf(5)), and the drivers of
 * containers/storage, which have the names of Docker's. Only root's configuration is read.
 */
export interface ContainerStorage {
  /** Which of the two are installed. */
  readonly programs: readonly ContainerProgram[];
  readonly configuration: Fact<StorageConf>;
  readonly graphRoot: string;
  /** Type of the filesystem beneath the graph root. */
  readonly backingFilesystem: Fact<string>;
  /** Does that filesystem keep file types in its directories? */
  readonly dType: Fact<boolean>;
  /** The existing directories of drivers; for containers/storage an empty one counts as data, too. */
  readonly homes: Fact<readonly DriverHome[]>;
  /** Which of the programs that drivers call are installed. */
  readonly driverPrograms: Fact<readonly DriverProgram[]>;
  /** Has podman a database? The driver in it overrides storage.conf. */
  readonly database: boolean;
}

export const CONTAINER_PROGRAMS = ['buildah', 'podman'] as const;
export type ContainerProgram = (typeof CONTAINER_PROGRAMS)[number];

export interface StorageConf {
  /** The file in use; null: there is none. */
  readonly path: string | null;
  /** null: it names none. */
  readonly driver: string | null;
  /** The program that mounts instead of the kernel, and whether it exists; null: none is set. */
  readonly mountProgram: { readonly path: string; readonly isThere: boolean } | null;
}
