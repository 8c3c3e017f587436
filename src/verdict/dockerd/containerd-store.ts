import { driversWithData } from '../../model/docker.ts';
import { registered } from './ability.ts';
import type { Start } from './answer.ts';
import type { Settings } from './configuration.ts';
import { asStorageDriver } from './drivers.ts';
import type { Ground } from './ground.ts';
import { kernelAbility } from './kernel-needs.ts';
import { has } from './rules.ts';

/** The snapshotter that is used if none is set, and the one if that does not work. */
const SNAPSHOTTER = 'overlayfs';
const FALLBACK = 'native';
/** Snapshotters that containerd is built with. */
const SNAPSHOTTERS = ['blockfile', 'btrfs', 'devmapper', 'erofs', FALLBACK, SNAPSHOTTER, 'zfs'];

/**
 * How dockerd starts with containerd's image store, which needs no graph driver; null: it uses a graph driver.
 * Sources: NewDaemon() of daemon/daemon.go from 24.0; daemon/image_store_choice.go of 29.
 */
export function containerdStart(ground: Ground, { driver, containerdStore }: Settings): Start | null {
  const { engine, docker } = ground;
  if (!has(engine, 'containerd-store') || containerdStore === false) return null;
  const isDefault = has(engine, 'containerd-store-default');
  if (containerdStore === null) {
    if (!isDefault) return null;
    if (!docker.homes.known)
      return {
        is: 'unknown',
        driver: driver?.driver ?? null,
        why: `it is not known which drivers have data: ${docker.homes.detail}`,
      };
    const data = driversWithData(docker.homes.value).filter((name) => name !== 'vfs');
    if (data.some((name) => registered(name, ground).is !== 'cannot')) return null;
    const known = driver === null ? null : asStorageDriver(driver.driver);
    if (known !== null && registered(known, ground).is !== 'cannot') return null;
  }
  if (driver === null) return withoutName(ground);
  const { driver: name } = driver;
  if (isDefault && !SNAPSHOTTERS.includes(name))
    return {
      is: 'refuses',
      refusal: {
        kind: 'lack',
        driver: name,
        by: 'asked',
        lack: { of: 'engine', why: `containerd, which keeps the images, has no snapshotter ${name}` },
        words: `configured driver "${name}" not available`,
      },
    };
  // Before 29 dockerd does not check whether containerd has that snapshotter; without it no image can be pulled.
  const warns = SNAPSHOTTERS.includes(name)
    ? null
    : `containerd has no snapshotter ${name}: nothing can be pulled`;
  return { is: 'starts', store: 'containerd', driver: name, by: 'asked', warns };
}

function withoutName({ kernel }: Ground): Start {
  const overlay = kernelAbility('overlay2', kernel);
  if (overlay.is === 'unknown') return { is: 'unknown', driver: SNAPSHOTTER, why: overlay.why };
  const driver = overlay.is === 'can' ? SNAPSHOTTER : FALLBACK;
  const warns = overlay.is === 'can' ? null : 'without overlay each layer is a whole copy';
  return { is: 'starts', store: 'containerd', driver, by: 'choice', warns };
}
