import type { KernelAbi } from '../../model/abi.ts';
import { type Fact, mapFact, orElse } from '../../model/fact.ts';
import type { ModuleInfo } from '../../model/module.ts';
import type { RefusalReason } from './answer.ts';

export type LayoutProblem =
  | { readonly is: 'none' }
  | { readonly is: 'differs' }
  | { readonly is: 'absent' }
  | { readonly is: 'no-table' }
  | { readonly is: 'unknown'; readonly missing: string };

/** check_version() for module_layout (kernel/module/version.c): its CRC covers the structures of modules. */
export function layoutProblem(info: ModuleInfo, kernel: KernelAbi): LayoutProblem {
  const versions = hasVersions(kernel);
  if (!versions.known)
    return { is: 'unknown', missing: `whether the kernel has MODVERSIONS: ${versions.detail}` };
  if (!versions.value) return { is: 'none' };
  if (!info.hasVersions) {
    return forcedWithout<LayoutProblem>(kernel, { is: 'none' }, { is: 'no-table' }, (missing) => ({
      is: 'unknown',
      missing,
    }));
  }
  if (info.moduleLayout === null) {
    return versionGap<LayoutProblem>(info, kernel, { is: 'none' }, { is: 'absent' }, (missing) => ({
      is: 'unknown',
      missing,
    }));
  }
  if (!kernel.exports.known)
    return { is: 'unknown', missing: `what the kernel exports: ${kernel.exports.detail}` };
  const crc = kernel.exports.value.symbols.module_layout?.crc ?? null;
  if (crc === null) return { is: 'unknown', missing: withoutVersions(kernel) };
  return crc === info.moduleLayout ? { is: 'none' } : { is: 'differs' };
}

/** A clause for a person. The CRCs of its symbols are in Module.symvers, which `make clean` removes. */
export function withoutVersions({ exports }: Pick<KernelAbi, 'exports'>): string {
  const isBuilt = exports.known && exports.value.kind === 'symvers';
  return isBuilt
    ? "the kernel's symbol versions are not in its Module.symvers"
    : "the kernel's symbol versions are gone (compiled again, or make clean?)";
}

export type VermagicProblem =
  | { readonly is: 'differs'; readonly reason: RefusalReason; readonly message: string }
  | { readonly is: 'unknown'; readonly missing: string };

/** same_magic(): for a module with a version table only the part after the release is compared. null: no problem. */
export function vermagicProblem(info: ModuleInfo, kernel: KernelAbi): VermagicProblem | null {
  if (info.vermagic === null) {
    const refusal: VermagicProblem = {
      is: 'differs',
      reason: { is: 'no-versions' },
      message: 'has no vermagic',
    };
    return forcedWithout<VermagicProblem | null>(kernel, null, refusal, (missing) => ({
      is: 'unknown',
      missing,
    }));
  }
  if (!kernel.vermagic.known)
    return { is: 'unknown', missing: `the kernel's vermagic: ${kernel.vermagic.detail}` };
  const versions = hasVersions(kernel);
  const withTable = info.hasBasicVersions && versions.known && versions.value;
  const compared = (magic: string): string => (withTable ? behindRelease(magic) : magic);
  if (compared(info.vermagic) === compared(kernel.vermagic.value)) return null;
  const [module, expected] = [info.vermagic, kernel.vermagic.value];
  const reason: RefusalReason = { is: 'vermagic', module, kernel: expected };
  return { is: 'differs', reason, message: `version magic '${module}' should be '${expected}'` };
}

function behindRelease(magic: string): string {
  const blank = magic.indexOf(' ');
  return blank < 0 ? '' : magic.slice(blank);
}

/** CONFIG_MODVERSIONS; where the configuration is not known, by the word in the kernel's vermagic. */
export function hasVersions({ modversions, vermagic }: KernelAbi): Fact<boolean> {
  return orElse(modversions, () => mapFact(vermagic, (magic) => magic.split(' ').includes('modversions')));
}

/** check_version() where the version table lacks a symbol. The kernel accepts it if the table is the extended one. */
export function versionGap<T>(
  { hasExtendedVersions }: ModuleInfo,
  { versionGaps }: KernelAbi,
  passes: T,
  refusal: T,
  unknown: (missing: string) => T,
): T {
  if (hasExtendedVersions) return passes;
  if (!versionGaps.known)
    return unknown(`whether the kernel lets a missing symbol version pass: ${versionGaps.detail}`);
  return versionGaps.value ? passes : refusal;
}

/** try_to_force_load(): the kernel accepts what is missing only with CONFIG_MODULE_FORCE_LOAD. */
export function forcedWithout<T>(
  kernel: KernelAbi,
  passes: T,
  refusal: T,
  unknown: (missing: string) => T,
): T {
  if (!kernel.forceLoad.known)
    return unknown(`whether the kernel forces loading: ${kernel.forceLoad.detail}`);
  return kernel.forceLoad.value ? passes : refusal;
}
