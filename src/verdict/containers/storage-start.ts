import type { ContainerStorage } from '../../model/container-storage.ts';
import type { StorageDriver } from '../../model/docker.ts';
import { type Ability, CAN, cannot, unsure } from '../dockerd/answer.ts';
import { asStorageDriver } from '../dockerd/drivers.ts';
import { type KernelSupport, kernelAbility } from '../dockerd/kernel-needs.ts';
import { type Lack, lackText } from '../dockerd/refusal.ts';
import { listed } from '../words.ts';

/** How podman and buildah start. */
export type StorageStart =
  | { readonly is: 'starts'; readonly driver: string; readonly by: 'asked' | 'prior' | 'choice' }
  | { readonly is: 'refuses'; readonly driver: string; readonly lack: Lack; readonly words: string }
  | { readonly is: 'several'; readonly drivers: readonly StorageDriver[]; readonly words: string }
  | { readonly is: 'unknown'; readonly driver: string | null; readonly why: string };

/** `priority` of drivers/driver_linux.go in containers/storage, 1.43 to 1.59. */
const PRIORITIES: readonly StorageDriver[] = ['overlay', 'aufs', 'btrfs', 'zfs', 'vfs'];
/** The drivers of containers/storage; devicemapper was removed in 1.54. */
const DRIVERS: readonly StorageDriver[] = [...PRIORITIES, 'devicemapper'];
/** File systems that Init() of drivers/overlay/overlay.go refuses by FsMagic when the kernel mounts. */
const OVERLAY_REFUSES = ['aufs', 'ecryptfs', 'overlay', 'zfs'];

/**
 * The driver with which they start: GetStore() of store.go, New() of drivers/driver.go, Init() of drivers/DRIVER in
 * containers/storage. podman's database, if it has one, may name another driver.
 */
export function storageStart(storage: ContainerStorage, kernel: KernelSupport): StorageStart {
  const { configuration, homes, database } = storage;
  if (!configuration.known) return { is: 'unknown', driver: null, why: configuration.detail };
  const { driver: asked } = configuration.value;
  if (database && asked === null)
    return { is: 'unknown', driver: null, why: "podman's database may remember another driver" };
  // "Switching default driver from overlay2 to the equivalent overlay driver"
  if (asked !== null) return withDriver(asked === 'overlay2' ? 'overlay' : asked, 'asked', storage, kernel);
  if (!homes.known) return { is: 'unknown', driver: null, why: homes.detail };
  const prior = PRIORITIES.filter(
    (driver) => driver !== 'vfs' && homes.value.some((home) => home.driver === driver),
  );
  const [first] = prior;
  if (first !== undefined) {
    const found = withDriver(first, 'prior', storage, kernel);
    if (found.is !== 'starts' || prior.length === 1) return found;
    return { is: 'several', drivers: prior, words: 'contains several valid graphdrivers' };
  }
  for (const driver of PRIORITIES) {
    const found = withDriver(driver, 'choice', storage, kernel);
    if (found.is !== 'refuses') return found;
  }
  return { is: 'unknown', driver: null, why: 'no driver works here' };
}

function withDriver(
  driver: string,
  by: 'asked' | 'prior' | 'choice',
  storage: ContainerStorage,
  kernel: KernelSupport,
): StorageStart {
  const known = asStorageDriver(driver);
  if (known === null || !DRIVERS.includes(known)) {
    const lack = { of: 'engine', why: `containers/storage has no driver ${driver}` } as const;
    return { is: 'refuses', driver, lack, words: 'driver not supported' };
  }
  const ability = abilityOf(known, storage, kernel);
  switch (ability.is) {
    case 'can':
      return { is: 'starts', driver, by };
    case 'unknown':
      return { is: 'unknown', driver, why: ability.why };
    case 'cannot':
      return { is: 'refuses', driver, lack: ability.lack, words: wordsOf(ability.lack) };
  }
}

function abilityOf(driver: StorageDriver, storage: ContainerStorage, kernel: KernelSupport): Ability {
  switch (driver) {
    case 'overlay':
      return overlay(storage, kernel);
    case 'btrfs':
      return ownFilesystem(driver, storage, kernel);
    case 'zfs': {
      const { driverPrograms } = storage;
      if (!driverPrograms.known) return unsure(driverPrograms.detail);
      return driverPrograms.value.includes('zfs')
        ? ownFilesystem(driver, storage, kernel)
        : cannot({ of: 'program', program: 'zfs' });
    }
    case 'aufs':
      return kernelAbility('aufs', kernel);
    case 'vfs':
      return CAN;
    default:
      return unsure(`${driver} is not checked`);
  }
}

function ownFilesystem(driver: 'btrfs' | 'zfs', storage: ContainerStorage, kernel: KernelSupport): Ability {
  const { backingFilesystem } = storage;
  if (!backingFilesystem.known) return unsure(backingFilesystem.detail);
  return backingFilesystem.value === driver
    ? kernelAbility(driver, kernel)
    : notOn(storage, backingFilesystem.value, driver);
}

/** A mount program replaces the kernel's overlay. Without one, fuse-overlayfs is used if the kernel cannot do it. */
function overlay(storage: ContainerStorage, kernel: KernelSupport): Ability {
  const program = storage.configuration.known ? storage.configuration.value.mountProgram : null;
  if (program !== null) return program.isThere ? CAN : cannot({ of: 'program', program: program.path });
  const native = nativeOverlay(storage, kernel);
  if (native.is === 'can') return CAN;
  const { driverPrograms } = storage;
  if (!driverPrograms.known) return unsure(driverPrograms.detail);
  return driverPrograms.value.includes('fuse-overlayfs') ? CAN : native;
}

function nativeOverlay(storage: ContainerStorage, kernel: KernelSupport): Ability {
  const { backingFilesystem, dType, graphRoot } = storage;
  const support = kernelAbility('overlay2', kernel);
  if (support.is !== 'can') return support;
  if (!backingFilesystem.known) return unsure(backingFilesystem.detail);
  const type = backingFilesystem.value;
  if (OVERLAY_REFUSES.includes(type)) return notOn(storage, type, null);
  if (dType.known && !dType.value) return cannot({ of: 'd-type', type, path: graphRoot });
  if (!dType.known && type === 'xfs')
    return unsure(`xfs must have been made with ftype=1: xfs_info ${graphRoot} shows it`);
  return CAN;
}

function notOn({ graphRoot }: ContainerStorage, type: string, wants: string | null): Ability {
  return cannot({ of: 'filesystem', type, path: graphRoot, wants });
}

/** The part of their message that is the same in all versions. */
function wordsOf(lack: Lack): string {
  switch (lack.of) {
    case 'program':
      return lack.program === 'zfs' ? 'prerequisites for driver not satisfied' : "can't stat program";
    case 'filesystem':
      return lack.wants === null
        ? "'overlay' is not supported over"
        : 'prerequisites for driver not satisfied';
    case 'd-type':
      return 'without d_type support';
    default:
      return 'not supported';
  }
}

/** How they start: a sentence that begins with `subject`. */
export function storageText(subject: string, start: StorageStart): string {
  switch (start.is) {
    case 'starts':
      return `${subject}: the storage driver ${start.driver}.`;
    case 'refuses':
      return `${subject}: the storage driver ${start.driver} does not work: ${lackText(start.driver, start.lack)}.`;
    case 'several':
      return `${subject}: no storage driver is set, and there are directories of ${listed(start.drivers)}.`;
    case 'unknown':
      return `${subject}: the storage driver is not known: ${start.why}.`;
  }
}
