import type { KernelAbi } from '../../model/abi.ts';
import type { BuildFacts, KernelIdentity } from '../../model/build.ts';
import type { Fact } from '../../model/fact.ts';
import type { BootImage } from '../../model/image.ts';
import type { ModuleFile, OwnModules, ReleaseModules } from '../../model/module.ts';
import type { PatchComponent } from '../../model/patch-component.ts';
import type { Rehearsed } from '../../model/rehearsal.ts';
import type { LoadedModule } from '../../model/running.ts';
import type { Tree } from '../../model/tree.ts';
import { chooseModule } from '../choose-module.ts';

/** A kernel that modules are checked against, put together from all evidence of it. */
export interface Kernel {
  readonly role: 'running' | 'next' | 'built';
  readonly identity: KernelIdentity;
  /** For a person: `6.1.192-gentoo #3`. */
  readonly name: string;
  readonly abi: KernelAbi;
  readonly carries: Readonly<Record<PatchComponent, Fact<boolean>>>;
  /** The build on this machine that made it; null: none did. */
  readonly build: BuildFacts | null;
  readonly tree: Tree | null;
  readonly image: BootImage | null;
  /** /lib/modules/RELEASE; null: it does not exist. */
  readonly modules: ReleaseModules | null;
  readonly aufsBuiltin: Fact<boolean>;
  /** Are the kernel's own modules installed, and of this compilation? */
  readonly ownModules: Fact<OwnModules>;
  /** Words of its command line that decide over modules. */
  readonly words: readonly string[];
  /** What rehearsals of it showed, with these words. */
  readonly rehearsed: readonly Rehearsed[];
  /** Modules that this very kernel has loaded; empty where it does not run, or would start with other words. */
  readonly loaded: readonly LoadedModule[];
}

/** A kernel without what was observed of it: rehearsals and loaded modules. */
export type UnseenKernel = Omit<Kernel, 'words' | 'rehearsed' | 'loaded'>;

/** Release and build number for a person: `6.1.192-gentoo #3`. */
export function kernelName(identity: KernelIdentity): string {
  const release = identity.release.known ? identity.release.value : 'a kernel of unknown release';
  const number = identity.utsVersion.known ? /^#\d+\S*/.exec(identity.utsVersion.value) : null;
  return number === null ? release : `${release} ${number[0]}`;
}

/** The file that modprobe would take for a name; null: none. */
export function moduleFile({ modules }: Pick<Kernel, 'modules'>, name: string): ModuleFile | null {
  return chooseModule(modules?.modules ?? [], name);
}

/** Is it certain that the compilation finished? */
export function isComplete(build: BuildFacts): boolean {
  return build.state.known && build.state.value === 'complete';
}
