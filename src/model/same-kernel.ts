import type { KernelIdentity } from './build.ts';

/**
 * Are these two the same build of a kernel? Compares the GNU build IDs where both have one, else release and UTS_VERSION. The
 * same release alone proves nothing.
 */
export function sameKernel(a: KernelIdentity, b: KernelIdentity): 'same' | 'different' | 'unknown' {
  if (a.buildId.known && b.buildId.known) return a.buildId.value === b.buildId.value ? 'same' : 'different';
  if (a.release.known && b.release.known && a.release.value !== b.release.value) return 'different';
  if (a.utsVersion.known && b.utsVersion.known) {
    if (a.utsVersion.value !== b.utsVersion.value) return 'different';
    return a.release.known && b.release.known ? 'same' : 'unknown';
  }
  return 'unknown';
}
