import type { DriverHome, DriverProgram } from './docker.ts';
import type { Fact } from './fact.ts';

/**
 * Where podman and buildah keep images: they share storage.conf (containers-storage.conf(5)), and the drivers of
 * containers/storage, which have the names of Docker's. Those of root alone.
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
  /** The directories of drivers that are there; to containers/storage an empty one is data as well. */
  readonly homes: Fact<readonly DriverHome[]>;
  /** Which of the programs that drivers call are installed. */
  readonly driverPrograms: Fact<readonly DriverProgram[]>;
  /** Is there a database of podman's? It remembers the driver, and that one counts before storage.conf. */
  readonly database: boolean;
}

export const CONTAINER_PROGRAMS = ['buildah', 'podman'] as const;
export type ContainerProgram = (typeof CONTAINER_PROGRAMS)[number];

export interface StorageConf {
  /** The file that counts; null: there is none. */
  readonly path: string | null;
  /** null: it names none. */
  readonly driver: string | null;
  /** The program that mounts in place of the kernel, and whether it is there; null: none is set. */
  readonly mountProgram: { readonly path: string; readonly isThere: boolean } | null;
}
