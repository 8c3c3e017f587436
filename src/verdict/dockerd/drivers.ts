import { STORAGE_DRIVERS, type StorageDriver } from '../../model/docker.ts';
import { type Engine, isBetween, isSince } from './engine.ts';

/** A graph driver through the versions. */
interface DriverLife {
  readonly since: string | null;
  /** The engine from which on it is deprecated: a warning. */
  readonly deprecated: string | null;
  /** The engine that first has it no more. */
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

/** The order in which dockerd looks for a driver by itself: `priority` of daemon/graphdriver/driver_linux.go. */
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

/** The drivers in the order in which this engine prefers them. */
export function priorities(engine: Engine): readonly StorageDriver[] {
  return PRIORITIES.find(({ since }) => isSince(engine, since))?.drivers ?? [];
}

/** Does the engine have that driver, as far as its version goes? */
export function isPartOf(engine: Engine, driver: StorageDriver): boolean {
  const { since, removed } = LIVES[driver];
  return isBetween(engine, since, removed);
}

/** Is it deprecated in this engine? */
export function isDeprecated(engine: Engine, driver: StorageDriver): boolean {
  const { deprecated, removed } = LIVES[driver];
  return deprecated !== null && isBetween(engine, deprecated, removed);
}

/** The engine that first has the driver no more; null where it is still there, or has never been one. */
export function removedIn(driver: string): string | null {
  const known = asStorageDriver(driver);
  return known === null ? null : LIVES[known].removed;
}

/** The engine that first has the driver; null: every one that is known here. */
export function addedIn(driver: StorageDriver): string | null {
  return LIVES[driver].since;
}

/** The engine from which on it is deprecated; null: it is not. */
export function deprecatedSince(driver: StorageDriver): string | null {
  return LIVES[driver].deprecated;
}

export function asStorageDriver(name: string): StorageDriver | null {
  return STORAGE_DRIVERS.find((driver) => driver === name) ?? null;
}
