import type { Initramfs, InitramfsTool, LastBoot, Loader, ModuleLoading } from './boot.ts';
import type { KernelIdentity } from './build.ts';
import type { Fact } from './fact.ts';

export interface BootFacts {
  /** The images found; unknown where /boot is in fstab and not mounted, or cannot be read. */
  readonly images: Fact<readonly BootImage[]>;
  /** Mount point that must be mounted before images can be known, `/boot` or `/efi`; null: none. */
  readonly toMount: string | null;
  /** Symlinks that boot loaders follow, as /boot/vmlinuz → vmlinuz-6.1.192-gentoo, and /boot itself where it is one. */
  readonly links: readonly BootLink[];
  /** Releases of which /boot has System.map-RELEASE or config-RELEASE. */
  readonly releases: readonly string[];
  /** The menu of GRUB, which lists kernels by name; null: there is none. */
  readonly grubMenu: string | null;
  /** The boot loaders whose configuration was found. */
  readonly loaders: readonly Loader[];
  /** Mount points in fstab that may hold the configuration of a loader, and are not mounted. */
  readonly unseen: readonly string[];
  readonly lastBoot: LastBoot;
  readonly loading: ModuleLoading;
  /** Files that kernels are started with, sorted by path. */
  readonly initramfs: readonly Initramfs[];
  /** What can make one on this machine. */
  readonly initramfsTools: readonly InitramfsTool[];
}

export interface BootImage {
  readonly path: string;
  readonly kind: 'bzimage' | 'uki' | 'other';
  readonly size: number;
  readonly mtime: number;
  readonly identity: KernelIdentity;
  /** SHA-256; unknown (`no-data`) where hashing was not requested. */
  readonly hash: Fact<string>;
}

export interface BootLink {
  readonly path: string;
  /** Where it leads inside the root, symlinks resolved; null: nowhere. */
  readonly target: string | null;
  /** When the link was made, ms; null: not known. */
  readonly mtime: number | null;
}
