import type { KernelAbi } from './abi.ts';
import { type Fact, type Unknown, unknown } from './fact.ts';
import type { PatchComponent } from './patch-component.ts';

/** Which components of the patch set a built kernel carries. */
export type Carries = Readonly<Record<PatchComponent, Fact<boolean>>>;

/** A kernel of which nothing is known but, perhaps, its release. */
export const UNKNOWN_KERNEL = unknownKernel(
  unknown('no-data', 'neither a build nor a System.map of that kernel is at hand'),
);

export function unknownKernel(why: Unknown): { readonly abi: KernelAbi; readonly carries: Carries } {
  return {
    abi: {
      source: 'nothing',
      vermagic: why,
      modversions: why,
      signatures: why,
      signatureEnforced: why,
      enforcedBy: null,
      trustedKeys: why,
      modules: why,
      switchedOff: false,
      modular: why,
      trims: why,
      namespacesOptional: why,
      versionGaps: why,
      blacklist: [],
      forceLoad: why,
      livepatch: why,
      structSize: why,
      btfSince: why,
      elf: why,
      unpacks: why,
      exports: why,
    },
    carries: { kbuild: why, base: why, mmap: why, standalone: why },
  };
}
