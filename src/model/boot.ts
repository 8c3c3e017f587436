import type { Fact } from './fact.ts';
import type { ModuleFile } from './module.ts';

/** What starts kernels: `firmware` is UEFI itself, `raspberry-pi` that board's own. */
export const LOADER_KINDS = [
  'grub',
  'systemd-boot',
  'firmware',
  'extlinux',
  'refind',
  'raspberry-pi',
] as const;
export type LoaderKind = (typeof LOADER_KINDS)[number];

/** A boot loader whose configuration was found on this machine. Whether it is the one in force is the verdict's to say. */
export interface Loader {
  readonly kind: LoaderKind;
  /** The file that configures it, or the directory that holds its entries. */
  readonly config: string;
  /** When anything that decides its choice was last written, ms; null: not known. */
  readonly changedAt: number | null;
  /** In the order of its menu; those of submenus stand where their submenu is. */
  readonly entries: readonly LoaderEntry[];
  /** The entry that starts by itself the next time. */
  readonly next: Fact<LoaderChoice>;
  /** The one that starts by itself from then on: another one where `next` is set for one time. */
  readonly standing: Fact<LoaderChoice>;
  /** What it says and could not be followed, one line each: entries may be missing. */
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
   * `one-shot`: set for one boot. `default`: its configuration, or a variable of the firmware, names it. `saved`: the
   * one that was saved as the default. `first`: nothing names one, and it comes first in the loader's own order.
   */
  readonly by: (typeof LOADER_CHOICES)[number];
}

export const LOADER_CHOICES = ['one-shot', 'default', 'saved', 'first'] as const;

export interface LoaderEntry {
  /** What the loader's own commands take: GRUB's ids joined by `>`, `gentoo-6.6.30.conf`, `0001`, a label. */
  readonly id: string;
  readonly title: string;
  readonly starts: EntryTarget;
}

export type EntryTarget =
  | {
      readonly what: 'kernel';
      readonly image: LoaderFile;
      /** Without what the loader itself adds, as `BOOT_IMAGE=` and `initrd=`. */
      readonly commandLine: Fact<string>;
      /** Empty where the image holds its own (UKI), or there is none. */
      readonly initrds: readonly LoaderFile[];
    }
  /** Another boot loader; `kind` null: one that is not known here. */
  | { readonly what: 'loader'; readonly kind: LoaderKind | null; readonly program: LoaderFile }
  /** No kernel of this machine: firmware setup, a memory test, another system. */
  | { readonly what: 'other'; readonly name: string }
  | { readonly what: 'unknown'; readonly why: string };

/** A file that a loader names. */
export interface LoaderFile {
  /** As the loader's configuration has it. */
  readonly written: string;
  /** The same file inside this root, symlinks resolved; unknown (`missing`) where there is none. */
  readonly path: Fact<string>;
}

/** What the last boot left: by which loader and entry the running kernel was started. */
export interface LastBoot {
  /** When it was, ms. */
  readonly at: Fact<number>;
  /** /proc/cmdline. */
  readonly commandLine: Fact<string>;
  /** Was it UEFI that started it? */
  readonly uefi: Fact<boolean>;
  /** The firmware's BootCurrent: `0001`. */
  readonly firmwareEntry: Fact<string>;
  /** The variable LoaderInfo, in which a loader names itself: `systemd-boot 252.39-1~deb12u2`. */
  readonly loader: Fact<string>;
  /** The variable LoaderEntrySelected of systemd-boot. */
  readonly entry: Fact<string>;
}

/** What stands in the files that decide which modules are loaded and which are not. */
export interface ModuleLoading {
  /** `blacklist NAME` of modprobe.d: not loaded by an alias of a device. */
  readonly blacklisted: readonly NamedThere[];
  /** `install NAME COMMAND` of modprobe.d: modprobe runs the command instead. */
  readonly replaced: readonly (NamedThere & { readonly command: string })[];
  /** Modules that the machine's own configuration loads at each boot. */
  readonly wanted: readonly NamedThere[];
  /** Files and directories of these that could not be read. */
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
  /** Device, inode and time of birth: with size and time they tell a file that was looked into already. */
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
  /** What the file tells, for one that is not the kernel's own; null: it was not looked into. */
  readonly file: ModuleFile | null;
}
