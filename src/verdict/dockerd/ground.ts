import type { DockerFacts, DriverHome, LeftOutDriver, StorageDriver } from '../../model/docker.ts';
import { type Fact, mapFact } from '../../model/fact.ts';
import type { Engine } from './engine.ts';
import type { KernelSupport } from './kernel-needs.ts';

/** What dockerd stands on: its version, the kernel beneath it, and the disk. */
export interface Ground {
  readonly engine: Engine;
  readonly kernel: KernelSupport;
  readonly docker: DockerFacts;
}

/** Where a driver looks at the file system: its directory, and before there is one the data root. */
export interface Place {
  readonly path: string;
  readonly filesystem: Fact<string>;
  readonly dType: Fact<boolean>;
  readonly hasData: boolean;
}

/** The place of a driver; unknown where it is not known whether its directory is there. */
export function placeOf({ docker }: Ground, driver: StorageDriver): Fact<Place> {
  return mapFact(docker.homes, (homes) => {
    const home = homes.find((each) => each.driver === driver);
    return home === undefined ? rootPlace(docker) : homePlace(docker, home);
  });
}

/** The data root itself: what zfs looks at. */
export function rootPlace({ dataRoot, backingFilesystem, dType }: DockerFacts): Place {
  return { path: dataRoot, filesystem: backingFilesystem, dType, hasData: false };
}

function homePlace({ dataRoot }: DockerFacts, { driver, filesystem, dType, hasData }: DriverHome): Place {
  return { path: `${dataRoot}/${driver}`, filesystem, dType, hasData };
}

/** The flag that the package was built without, so that it lacks the driver; null: it was not. */
export function leftOutBy(
  { docker }: Pick<Ground, 'docker'>,
  driver: StorageDriver,
): Fact<LeftOutDriver | null> {
  return mapFact(docker.leftOut, (drivers) => drivers.find((each) => each.driver === driver) ?? null);
}
