import type { DockerFacts, DriverHome, LeftOutDriver, StorageDriver } from '../../model/docker.ts';
import { type Fact, mapFact } from '../../model/fact.ts';
import type { Engine } from './engine.ts';
import type { KernelSupport } from './kernel-needs.ts';

/** The facts that decide how dockerd starts: its version, the kernel, and the disk. */
export interface Ground {
  readonly engine: Engine;
  readonly kernel: KernelSupport;
  readonly docker: DockerFacts;
}

/** The directory whose file system a driver checks: its own, or the data root as long as it has none. */
export interface Place {
  readonly path: string;
  readonly filesystem: Fact<string>;
  readonly dType: Fact<boolean>;
  readonly hasData: boolean;
}

/** The place of a driver; unknown if it is not known whether its directory exists. */
export function placeOf({ docker }: Ground, driver: StorageDriver): Fact<Place> {
  return mapFact(docker.homes, (homes) => {
    const home = homes.find((each) => each.driver === driver);
    return home === undefined ? rootPlace(docker) : homePlace(docker, home);
  });
}

/** The data root itself, which zfs checks. */
export function rootPlace({ dataRoot, backingFilesystem, dType }: DockerFacts): Place {
  return { path: dataRoot, filesystem: backingFilesystem, dType, hasData: false };
}

function homePlace({ dataRoot }: DockerFacts, { driver, filesystem, dType, hasData }: DriverHome): Place {
  return { path: `${dataRoot}/${driver}`, filesystem, dType, hasData };
}

/** The USE flag without which the package was built, so that the driver is missing; null: the driver is not missing. */
export function leftOutBy(
  { docker }: Pick<Ground, 'docker'>,
  driver: StorageDriver,
): Fact<LeftOutDriver | null> {
  return mapFact(docker.leftOut, (drivers) => drivers.find((each) => each.driver === driver) ?? null);
}
