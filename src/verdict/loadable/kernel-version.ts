import type { KernelAbi } from '../../model/abi.ts';
import { releaseAtLeast } from '../../model/release-version.ts';

/** Is the kernel of this version or a later one? By the release in its vermagic; null: not known. */
export function isAtLeast(
  { vermagic }: Pick<KernelAbi, 'vermagic'>,
  major: number,
  minor: number,
): boolean | null {
  return vermagic.known ? releaseAtLeast(vermagic.value, major, minor) : null;
}
