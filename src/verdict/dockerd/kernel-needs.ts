import type { StorageDriver } from '../../model/docker.ts';
import type { Fact } from '../../model/fact.ts';
import { type Ability, CAN, cannot, unsure } from './answer.ts';

/** The facts about a kernel that storage drivers depend on. */
export interface KernelSupport {
  /** Names in /proc/filesystems; unknown if the kernel does not run. */
  readonly filesystems: Fact<readonly string[]>;
  /** Options without `CONFIG_`. */
  readonly options: Fact<Readonly<Record<string, string>>>;
  /** Its own modules on disk, and those compiled in, as far as drivers need them. */
  readonly modules: Fact<{ readonly available: readonly string[]; readonly builtin: readonly string[] }>;
  /** Whether it would load an out-of-tree module (aufs, zfs). */
  load(module: string): { readonly is: 'yes' | 'no' | 'unknown'; readonly why: string };
}

interface Need {
  /** Name in /proc/filesystems; null: the driver needs none. */
  readonly filesystem: string | null;
  readonly parts: readonly { readonly option: string; readonly module: string }[];
}

const OVERLAY: Need = { filesystem: 'overlay', parts: [{ option: 'OVERLAY_FS', module: 'overlay' }] };

/** What each driver needs of the kernel; vfs needs nothing. aufs and zfs come from packages. */
const NEEDS: Readonly<Record<Exclude<StorageDriver, 'aufs' | 'zfs'>, Need | null>> = {
  btrfs: { filesystem: 'btrfs', parts: [{ option: 'BTRFS_FS', module: 'btrfs' }] },
  devicemapper: {
    filesystem: null,
    parts: [
      { option: 'BLK_DEV_DM', module: 'dm-mod' },
      { option: 'DM_THIN_PROVISIONING', module: 'dm-thin-pool' },
    ],
  },
  // dockerd checks only the program and the kernel's version; without FUSE no container starts.
  'fuse-overlayfs': { filesystem: 'fuse', parts: [{ option: 'FUSE_FS', module: 'fuse' }] },
  overlay: OVERLAY,
  overlay2: OVERLAY,
  vfs: null,
};

/**
 * Whether the kernel has what the driver needs, compiled in or as a module that it would load. dockerd tries it:
 * supportsAufs(), SupportsOverlay(), GetDriverVersion() of devicemapper, /dev/zfs.
 */
export function kernelAbility(driver: StorageDriver, kernel: KernelSupport): Ability {
  if (driver === 'aufs' || driver === 'zfs') return outOfTree(driver, kernel);
  const need = NEEDS[driver];
  if (need === null || (need.filesystem !== null && isRegistered(need.filesystem, kernel))) return CAN;
  const answers = need.parts.map(({ option, module }) => fromConfiguration(module, option, kernel));
  return answers.find(({ is }) => is === 'cannot') ?? answers.find(({ is }) => is === 'unknown') ?? CAN;
}

function isRegistered(filesystem: string, { filesystems }: KernelSupport): boolean {
  return filesystems.known && filesystems.value.includes(filesystem);
}

/** aufs and zfs come from packages: a file on disk proves little, it must also load. */
function outOfTree(module: 'aufs' | 'zfs', kernel: KernelSupport): Ability {
  if (isRegistered(module, kernel)) return CAN;
  const { is, why } = kernel.load(module);
  if (is === 'yes') return CAN;
  const clause = `the kernel has no ${module}: ${why}`;
  return is === 'no'
    ? cannot({ of: 'kernel', option: null, module, isModule: false, why: clause })
    : unsure(clause);
}

/** Whether a feature of the kernel itself is compiled in, or is a module that is on disk. */
function fromConfiguration(module: string, option: string, { modules, options }: KernelSupport): Ability {
  if (modules.known && (has(modules.value.available, module) || has(modules.value.builtin, module)))
    return CAN;
  if (!options.known) return unsure(`it is not known whether the kernel has ${module}: ${options.detail}`);
  const value = options.value[option];
  if (value === 'y') return CAN;
  if (value !== 'm')
    return cannot({
      of: 'kernel',
      option,
      module,
      isModule: false,
      why: `CONFIG_${option} is not set in the kernel`,
    });
  if (!modules.known)
    return unsure(`${module} is a module, and it is not known whether it is there: ${modules.detail}`);
  const why = `CONFIG_${option}=m, and the module ${module} is not in /lib/modules`;
  return cannot({ of: 'kernel', option, module, isModule: true, why });
}

/** In module names the kernel does not distinguish `-` from `_`. */
function has(names: readonly string[], module: string): boolean {
  return names.some((name) => name.replaceAll('_', '-') === module);
}
