import type { Build } from './kernel.ts';
import { type KernelModule, plainModule } from './module.ts';
import { aufsModule } from './out-of-tree.ts';

/** A module of the kernel itself; if it is compiled in, the path that it would have as a module. */
export interface InTreeModule {
  /** Below /lib/modules/RELEASE: `kernel/fs/overlayfs/overlay.ko`. */
  readonly path: string;
  readonly module: KernelModule;
}

interface Known {
  readonly option: string;
  readonly folder: string;
  readonly name: string;
  readonly depends: readonly string[];
}

const KNOWN: readonly Known[] = [
  { option: 'AUFS_FS', folder: 'kernel/fs/aufs', name: 'aufs', depends: [] },
  { option: 'BTRFS_FS', folder: 'kernel/fs/btrfs', name: 'btrfs', depends: [] },
  { option: 'EXT4_FS', folder: 'kernel/fs/ext4', name: 'ext4', depends: [] },
  { option: 'FUSE_FS', folder: 'kernel/fs/fuse', name: 'fuse', depends: [] },
  { option: 'OVERLAY_FS', folder: 'kernel/fs/overlayfs', name: 'overlay', depends: [] },
  { option: 'BLK_DEV_DM', folder: 'kernel/drivers/md', name: 'dm-mod', depends: [] },
  { option: 'DM_THIN_PROVISIONING', folder: 'kernel/drivers/md', name: 'dm-thin-pool', depends: ['dm-mod'] },
];

const DM_EXPORT = 'dm_register_target';

/** The modules that the configuration builds (`m`) or compiles into the kernel (`y`). */
export function inTreeModules(build: Build, how: 'm' | 'y'): InTreeModule[] {
  return KNOWN.filter(({ option }) => build.config[option] === how).map(({ folder, name, depends }) => {
    const module: KernelModule = {
      ...(name === 'aufs' && build.patch !== null
        ? aufsModule(build.patch, build)
        : plainModule(name, build)),
      depends,
      inTree: true,
      signed: build.config.MODULE_SIG === 'y',
    };
    const { imports } = module;
    return {
      path: `${folder}/${name}.ko`,
      module: {
        ...module,
        imports: depends.includes('dm-mod') ? [...imports, DM_EXPORT] : imports,
        exports: name === 'dm-mod' ? [{ name: DM_EXPORT, gplOnly: false }] : [],
      },
    };
  });
}
