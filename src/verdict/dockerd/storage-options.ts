import type { StorageDriver } from '../../model/docker.ts';
import type { Engine } from './engine.ts';
import type { Lack } from './refusal.ts';
import { has, type RuleName } from './rules.ts';

interface KnownOption {
  readonly name: string;
  /** The value must be a size, such as `10G`. */
  readonly size?: true;
  readonly rule?: RuleName;
}

/**
 * The storage-opts that each driver accepts: parseOptions() in daemon/graphdriver/DRIVER of each branch, NewDeviceSet() of
 * devicemapper. null: the driver ignores them all.
 */
const TAKES: Readonly<Record<StorageDriver, readonly KnownOption[] | null>> = {
  aufs: null,
  btrfs: [{ name: 'btrfs.min_space', size: true }],
  devicemapper: [
    'dm.basesize',
    'dm.blkdiscard',
    'dm.blocksize',
    'dm.datadev',
    'dm.directlvm_device',
    'dm.directlvm_device_force',
    'dm.fs',
    'dm.libdm_log_level',
    'dm.loopdatasize',
    'dm.loopmetadatasize',
    'dm.metadatadev',
    'dm.min_free_space',
    'dm.mkfsarg',
    'dm.mountopt',
    'dm.override_udev_sync_check',
    'dm.thinp_autoextend_percent',
    'dm.thinp_autoextend_threshold',
    'dm.thinp_metapercent',
    'dm.thinp_percent',
    'dm.thinpooldev',
    'dm.use_deferred_deletion',
    'dm.use_deferred_removal',
    'dm.xfs_nospace_max_retries',
  ].map((name) => ({ name })),
  'fuse-overlayfs': null,
  overlay: [],
  overlay2: [
    { name: 'overlay2.size', size: true },
    { name: 'overlay2.override_kernel_check', rule: 'override-kernel-check-known' },
  ],
  vfs: [
    { name: 'size', size: true },
    { name: 'vfs.xattrs', rule: 'vfs-xattrs-known' },
  ],
  zfs: [{ name: 'zfs.fsname' }],
};

/** The first storage-opt that the driver refuses; null: it accepts them all. */
export function refusedOption(
  driver: StorageDriver,
  options: readonly string[],
  engine: Engine,
): Extract<Lack, { of: 'option' }> | null {
  const takes = TAKES[driver];
  if (takes === null) return null;
  for (const option of options) {
    const equals = option.indexOf('=');
    if (equals < 0) return { of: 'option', option, why: `the storage option "${option}" has no value` };
    // Only vfs distinguishes upper and lower case.
    const written = option.slice(0, equals).trim();
    const name = driver === 'vfs' ? written : written.toLowerCase();
    const found = takes.find((each) => each.name === name);
    if (found === undefined || (found.rule !== undefined && !has(engine, found.rule)))
      return { of: 'option', option: name, why: `${driver} does not know the storage option ${name}` };
    if (found.size && !isSize(option.slice(equals + 1).trim()))
      return {
        of: 'option',
        option: 'invalid size',
        why: `the value of the storage option ${name} is not a size`,
      };
  }
  return null;
}

/** The value of a storage-opt; null: it is not given. The last one counts. */
export function storageOption(options: readonly string[], name: string): string | null {
  const found = options.findLast((option) => option.toLowerCase().startsWith(`${name}=`));
  return found === undefined ? null : found.slice(name.length + 1).trim();
}

/** True if the text is a size greater than 0; `0` means no limit. */
export function isPositiveSize(text: string): boolean {
  return isSize(text) && Number.parseFloat(text) > 0;
}

/** RAMInBytes() of docker/go-units. */
function isSize(text: string): boolean {
  return /^\d+(\.\d+)*\s?([kmgtp])?i?b?$/i.test(text);
}
