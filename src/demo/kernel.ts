import type { PatchComponent } from '../model/patch-component.ts';
import { hexOf } from './hash.ts';

/**
 * One compilation of a kernel, as plain data. Equal values are the same kernel: build ID, UTS_VERSION and CRCs are
 * computed from it.
 */
export interface Build {
  /** `6.1.192`. */
  readonly version: string;
  /** The end of the release after the version: EXTRAVERSION and CONFIG_LOCALVERSION, `-gentoo`. */
  readonly extraversion: string;
  /** The counter of UTS_VERSION. */
  readonly number: number;
  /** When its image was finished, ms. */
  readonly at: number;
  /** The patches in the sources when they were compiled; null: none. */
  readonly patch: AppliedPatch | null;
  readonly config: KernelOptions;
}

/** The AUFS patches in a tree. `mmap` changes structures, and so every CRC that depends on them. */
export interface AppliedPatch {
  /** AUFS_VERSION of the set, `6.1-20240701`. */
  readonly set: string;
  readonly parts: readonly PatchComponent[];
}

/** Option without `CONFIG_` → value as in `.config`. An absent option is not set. */
export type KernelOptions = Readonly<Record<string, string>>;

export const COMPILER = 'gcc (Gentoo 13.3.1_p20240614 p17) 13.3.1 20240614';

/** The options of the demonstration's kernels. */
export const DEFAULT_OPTIONS: KernelOptions = {
  '64BIT': 'y',
  BLK_DEV_DM: 'm',
  BTRFS_FS: 'm',
  CC_VERSION_TEXT: `"${COMPILER}"`,
  DM_THIN_PROVISIONING: 'm',
  EXT4_FS: 'y',
  FUSE_FS: 'm',
  IKCONFIG: 'y',
  IKCONFIG_PROC: 'y',
  LOCALVERSION: '""',
  MODULES: 'y',
  MODULE_COMPRESS_NONE: 'y',
  MODULE_UNLOAD: 'y',
  MODVERSIONS: 'y',
  OVERLAY_FS: 'm',
  PREEMPTION: 'y',
  PREEMPT_BUILD: 'y',
  PREEMPT_DYNAMIC: 'y',
  PREEMPT_VOLUNTARY: 'y',
  SMP: 'y',
  X86: 'y',
  X86_64: 'y',
};

const NAMED_WHEN_UNSET = ['AUFS_FS', 'LOCALVERSION_AUTO', 'MODULE_SIG', 'TRIM_UNUSED_KSYMS'];

export function releaseOf(kernel: { version: string; extraversion: string }): string {
  return `${kernel.version}${kernel.extraversion}`;
}

/** `#3 SMP PREEMPT_DYNAMIC Mon Nov  2 09:12:44 UTC 2026`, as scripts/mkcompile_h and `date` in the C locale write it. */
export function utsVersion(build: Build): string {
  const flags = [
    ...(build.config.SMP === 'y' ? ['SMP'] : []),
    ...(build.config.PREEMPT_DYNAMIC === 'y' ? ['PREEMPT_DYNAMIC'] : []),
  ];
  return [`#${build.number}`, ...flags, unixDate(build.at)].join(' ');
}

/** GNU build ID, hex. */
export function buildIdOf(build: Build): string {
  return hexOf(build);
}

/** The version text of the image's header. /proc/version has "Linux version " before it, and the compiler. */
export function imageVersionText(build: Build): string {
  return `${releaseOf(build)} (root@gentoo) ${utsVersion(build)}`;
}

/** linux_banner, that is /proc/version. */
export function bannerOf(build: Build): string {
  const compiler = `${COMPILER}, GNU ld (Gentoo 2.42 p6) 2.42.0`;
  return `Linux version ${releaseOf(build)} (root@gentoo) (${compiler}) ${utsVersion(build)}\n`;
}

/** The vermagic of include/linux/vermagic.h, with the blank at its end. */
export function vermagicOf(build: Build): string {
  const { config } = build;
  return [
    releaseOf(build),
    ...(config.SMP === 'y' ? ['SMP'] : []),
    ...(config.PREEMPT_BUILD === 'y' ? ['preempt'] : []),
    ...(config.MODULE_UNLOAD === 'y' ? ['mod_unload'] : []),
    ...(config.MODVERSIONS === 'y' ? ['modversions'] : []),
    '',
  ].join(' ');
}

/** `.config`, in the form of scripts/kconfig. */
export function configText(
  kernel: { version: string; extraversion: string },
  options: KernelOptions,
): string {
  const head = `#\n# Automatically generated file; DO NOT EDIT.\n# Linux/x86 ${releaseOf(kernel)} Kernel Configuration\n#\n`;
  const unset = NAMED_WHEN_UNSET.filter((name) => options[name] === undefined);
  return `${head}${setOptions(options)}${unset.map((name) => `# CONFIG_${name} is not set\n`).join('')}`;
}

/** `include/config/auto.conf`. */
export function autoConfText(options: KernelOptions): string {
  return `#\n# Automatically generated file; DO NOT EDIT.\n#\n${setOptions(options)}`;
}

function setOptions(options: KernelOptions): string {
  return Object.entries(options)
    .map(([name, value]) => `CONFIG_${name}=${value}\n`)
    .join('');
}

const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

function unixDate(at: number): string {
  const date = new Date(at);
  const time = date.toISOString().slice(11, 19);
  const day = String(date.getUTCDate()).padStart(2);
  return `${DAYS[date.getUTCDay()]} ${MONTHS[date.getUTCMonth()]} ${day} ${time} UTC ${date.getUTCFullYear()}`;
}
