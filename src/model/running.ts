import type { KernelAbi } from './abi.ts';
import type { KernelIdentity } from './build.ts';
import type { KernelConfig } from './config.ts';
import type { Fact } from './fact.ts';
import type { PatchComponent } from './patch-component.ts';

export interface RunningFacts {
  readonly identity: KernelIdentity;
  /** The machine as `uname -m` prints it, from /proc/sys/kernel/arch or the process. */
  readonly machine: Fact<string>;
  /** When it booted, ms. */
  readonly bootedAt: Fact<number>;
  readonly bootId: Fact<string>;
  /** /proc/config.gz. */
  readonly config: Fact<KernelConfig>;
  /** Names in /proc/filesystems. */
  readonly filesystems: Fact<readonly string[]>;
  /** Mount points of type aufs. */
  readonly aufsMounts: Fact<readonly string[]>;
  /** Every loaded module by name. */
  readonly loaded: Fact<readonly string[]>;
  /** Details of the modules of interest (aufs, those of linux-mod packages), and of the modules that use them. */
  readonly modules: readonly LoadedModule[];
  readonly carries: Readonly<Record<PatchComponent, Fact<boolean>>>;
  readonly abi: KernelAbi;
}

export interface LoadedModule {
  readonly name: string;
  readonly version: string | null;
  readonly srcversion: string | null;
  /** From /sys/module/NAME/notes; unknown where the kernel does not show it. */
  readonly buildId: Fact<string>;
  readonly uses: Fact<number>;
  /** The loaded modules that use it (/proc/modules). */
  readonly heldBy: readonly string[];
}
