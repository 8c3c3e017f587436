import { STORAGE_DRIVERS, type StorageDriver } from '../../model/docker.ts';
import { type Engine, isBetween, isSince } from './engine.ts';

/** The engines that have a graph driver. */
interface DriverLife {
  readonly since: string | null;
  /** The first engine that warns that it is deprecated. */
  readonly deprecated: string | null;
  /** The first engine without it. */
  readonly removed: string | null;
}

/**
 * Sources: daemon/graphdriver/register of each branch; isDeprecated() and checkRemoved() of daemon/graphdriver/driver.go
 * in 23.0, 24.0 and 25.0; Docker's list of deprecated features for the time before.
 */
const LIVES: Readonly<Record<StorageDriver, DriverLife>> = {
  aufs: { since: null, deprecated: '19.03', removed: '24.0' },
  btrfs: { since: null, deprecated: null, removed: null },
  devicemapper: { since: null, deprecated: '18.09', removed: '25.0' },
  'fuse-overlayfs': { since: '20.10', deprecated: null, removed: null },
  overlay: { since: null, deprecated: '18.09', removed: '24.0' },
  overlay2: { since: null, deprecated: null, removed: null },
  vfs: { since: null, deprecated: null, removed: null },
  zfs: { since: null, deprecated: null, removed: null },
};

/** The order in which dockerd tries the drivers if none is set: `priority` in daemon/graphdriver/driver_linux.go. */
const PRIORITIES: readonly { readonly since: string; readonly drivers: readonly StorageDriver[] }[] = [
  { since: '25.0', drivers: ['overlay2', 'fuse-overlayfs', 'btrfs', 'zfs', 'vfs'] },
  { since: '24.0', drivers: ['overlay2', 'fuse-overlayfs', 'btrfs', 'zfs', 'devicemapper', 'vfs'] },
  {
    since: '23.0',
    drivers: ['overlay2', 'fuse-overlayfs', 'btrfs', 'zfs', 'aufs', 'overlay', 'devicemapper', 'vfs'],
  },
  {
    since: '20.10',
    drivers: ['btrfs', 'zfs', 'overlay2', 'fuse-overlayfs', 'aufs', 'overlay', 'devicemapper', 'vfs'],
  },
  { since: '0', drivers: ['btrfs', 'zfs', 'overlay2', 'aufs', 'overlay', 'devicemapper', 'vfs'] },
];

/** The drivers, in the order in which this engine tries them. */
export function priorities(engine: Engine): readonly StorageDriver[] {
  return PRIORITIES.find(({ since }) => isSince(engine, since))?.drivers ?? [];
}

/** True if this version of the engine has the driver. */
export function isPartOf(engine: Engine, driver: StorageDriver): boolean {
  const { since, removed } = LIVES[driver];
  return isBetween(engine, since, removed);
}

/** True if the driver is deprecated in this engine. */
export function isDeprecated(engine: Engine, driver: StorageDriver): boolean {
  const { deprecated, removed } = LIVES[driver];
  return deprecated !== null && isBetween(engine, deprecated, removed);
}

/** The first engine without the driver; null: it is still there, or never was. */
export function removedIn(driver: string): string | null {
  const known = asStorageDriver(driver);
  return known === null ? null : LIVES[known].removed;
}

/** The first engine with the driver; null: all known engines have it. */
export function addedIn(driver: StorageDriver): string | null {
  return LIVES[driver].since;
}

/** The first engine in which the driver is deprecated; null: none. */
export function deprecatedSince(driver: StorageDriver): string | null {
  return LIVES[driver].deprecated;
}

export function asStorageDriver(name: string): StorageDriver | null {
  return STORAGE_DRIVERS.find((driver) => driver === name) ?? null;
}
