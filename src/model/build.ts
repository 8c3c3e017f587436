import type { KernelAbi } from './abi.ts';
import type { KernelConfig } from './config.ts';
import type { Fact } from './fact.ts';
import type { OwnModules } from './module.ts';
import type { PatchComponent } from './patch-component.ts';

/**
 * `never`: no objects at all. `in-progress`: products are being written now. `interrupted`: objects, but no
 * image that is newer than them. `complete`: an image, whether or not the sources have moved on since.
 */
export type BuildState = 'never' | 'in-progress' | 'interrupted' | 'complete';

/** One directory of build products (the tree itself, or an O= directory) and the kernel built there. */
export interface BuildFacts {
  readonly directory: string;
  readonly state: Fact<BuildState>;
  readonly identity: KernelIdentity;
  /** The counter of UTS_VERSION ("#3"). */
  readonly number: Fact<number>;
  /** mtime of the image, ms. */
  readonly builtAt: Fact<number>;
  readonly compiler: Fact<string>;
  /** Where the image is, as `/usr/src/linux-6.1/arch/x86/boot/bzImage`; null: none. */
  readonly image: string | null;
  /** SHA-256 of the image; unknown (`no-data`) where hashing was not requested. */
  readonly imageHash: Fact<string>;
  /**
   * The configuration that the kernel was compiled with: include/config/auto.conf, unless that was written again later
   * (`make modules_prepare`); then from the kernel itself, its image or /boot.
   */
  readonly builtConfig: Fact<KernelConfig>;
  /** Would make compile another kernel with the present `.config`? */
  readonly configChanged: Fact<boolean>;
  /**
   * Are modules that are built now compiled with the configuration of this kernel? make compiles them with auto.conf, not
   * with `.config`. False: auto.conf was written again, and the kernel not compiled since.
   */
  readonly preparedAsBuilt: Fact<boolean>;
  /** Are the kernel's own modules installed, and of this compilation? */
  readonly ownModules: Fact<OwnModules>;
  /** Patched files newer than their objects: make would compile them. */
  readonly stale: readonly StaleObject[];
  /** Does the built kernel carry the component? Read from its System.map and Module.symvers. */
  readonly carries: Readonly<Record<PatchComponent, Fact<boolean>>>;
  readonly abi: KernelAbi;
}

export interface StaleObject {
  /** Relative to the tree. */
  readonly source: string;
  /** Relative to the build directory; null: a header, or a source that has no object yet. */
  readonly object: string | null;
  readonly sourceMtime: number;
}

/** What distinguishes one build of a kernel from another. The release alone proves nothing. */
export interface KernelIdentity {
  /** `6.1.192-gentoo`. */
  readonly release: Fact<string>;
  /** `#3 SMP PREEMPT_DYNAMIC Mon Nov 23 02:40:58 UTC 2026`. */
  readonly utsVersion: Fact<string>;
  /** GNU build ID, hex. */
  readonly buildId: Fact<string>;
}
