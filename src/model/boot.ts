import type { Fact } from './fact.ts';
import type { ModuleFile } from './module.ts';

/** What starts kernels: `firmware` is UEFI itself, `raspberry-pi` the firmware of that board. */
export const LOADER_KINDS = [
  'grub',
  'systemd-boot',
  'firmware',
  'extlinux',
  'refind',
  'raspberry-pi',
] as const;
export type LoaderKind = (typeof LOADER_KINDS)[number];

/** A boot loader whose configuration was found on this machine. The verdict decides whether it is in force. */
export interface Loader {
  readonly kind: LoaderKind;
  /** The file that configures it, or the directory that holds its entries. */
  readonly config: string;
  /** When anything that decides its choice was last written, ms; null: not known. */
  readonly changedAt: number | null;
  /** In the order of its menu; the entries of a submenu are where the submenu is. */
  readonly entries: readonly LoaderEntry[];
  /** The entry that starts by itself the next time. */
  readonly next: Fact<LoaderChoice>;
  /** The entry that starts by itself from then on. It differs from `next` where that is set for one boot. */
  readonly standing: Fact<LoaderChoice>;
  /** What could not be followed in its configuration, one line each: entries may be missing. */
  readonly gaps: readonly string[];
  /** Can its own commands choose an entry for one boot, and for all from then on? */
  readonly canSet: { readonly once: boolean; readonly standing: boolean };
}

/** What makes an initramfs. */
export const INITRAMFS_TOOLS = ['dracut', 'ugrd', 'genkernel', 'mkinitramfs'] as const;
export type InitramfsTool = (typeof INITRAMFS_TOOLS)[number];

export interface LoaderChoice {
  /** The id of the entry. */
  readonly entry: string;
  /**
   * `one-shot`: set for one boot. `default`: named by the configuration, or by a variable of the firmware. `saved`: saved as
   * the default. `first`: nothing names an entry, and this one is first in the loader's own order.
   */
  readonly by: (typeof LOADER_CHOICES)[number];
}

export const LOADER_CHOICES = ['one-shot', 'default', 'saved', 'first'] as const;

export interface LoaderEntry {
  /** The name for the loader's own commands: GRUB's ids joined by `>`, `gentoo-6.6.30.conf`, `0001`, a label. */
  readonly id: string;
  readonly title: string;
  readonly starts: EntryTarget;
}

export type EntryTarget =
  | {
      readonly what: 'kernel';
      readonly image: LoaderFile;
      /** Without the words that the loader adds, as `BOOT_IMAGE=` and `initrd=`. */
      readonly commandLine: Fact<string>;
      /** Empty where the image holds its own (UKI), or there is none. */
      readonly initrds: readonly LoaderFile[];
    }
  /** Another boot loader; `kind` null: not a known one. */
  | { readonly what: 'loader'; readonly kind: LoaderKind | null; readonly program: LoaderFile }
  /** No kernel of this machine: firmware setup, a memory test, another system. */
  | { readonly what: 'other'; readonly name: string }
  | { readonly what: 'unknown'; readonly why: string };

/** A file that a loader names. */
export interface LoaderFile {
  /** As written in the loader's configuration. */
  readonly written: string;
  /** The file inside this root, symlinks resolved; unknown (`missing`) where there is none. */
  readonly path: Fact<string>;
}

/** Traces of the last boot: which loader and entry started the running kernel. */
export interface LastBoot {
  /** ms. */
  readonly at: Fact<number>;
  /** /proc/cmdline. */
  readonly commandLine: Fact<string>;
  /** Did it start through UEFI? */
  readonly uefi: Fact<boolean>;
  /** The firmware's BootCurrent: `0001`. */
  readonly firmwareEntry: Fact<string>;
  /** The variable LoaderInfo, in which a loader names itself: `systemd-boot 252.39-1~deb12u2`. */
  readonly loader: Fact<string>;
  /** The variable LoaderEntrySelected of systemd-boot. */
  readonly entry: Fact<string>;
}

/** What modprobe.d and modules-load.d say about which modules are loaded. */
export interface ModuleLoading {
  /** `blacklist NAME` of modprobe.d: not loaded by an alias of a device. */
  readonly blacklisted: readonly NamedThere[];
  /** `install NAME COMMAND` of modprobe.d: modprobe runs the command instead. */
  readonly replaced: readonly (NamedThere & { readonly command: string })[];
  /** Modules that the machine's own configuration loads at each boot. */
  readonly wanted: readonly NamedThere[];
  /** Files and directories among them that could not be read. */
  readonly unread: readonly string[];
}

export interface NamedThere {
  /** As the kernel has it, with `_` for `-`. */
  readonly name: string;
  readonly file: string;
}

/** An initramfs that a kernel is started with. */
export interface Initramfs {
  readonly path: string;
  /** Device, inode and time of birth. With size and mtime they identify a file that was read before. */
  readonly id: string;
  readonly size: number;
  readonly mtime: number;
  readonly contents: Fact<InitramfsContents>;
}

export interface InitramfsContents {
  /** Every kernel module in it. */
  readonly modules: readonly InitramfsModule[];
}

/** A kernel module inside an initramfs. */
export interface InitramfsModule {
  readonly name: string;
  /** In the archive: `/lib/modules/6.6.30-gentoo/extra/zfs.ko`. */
  readonly path: string;
  readonly release: string;
  /** The file as read, for a module that is not the kernel's own; null: it was not read. */
  readonly file: ModuleFile | null;
}
