import { valueOr } from '../model/fact.ts';
import type { AboutKernel } from '../model/finding.ts';
import type { Kernel } from './kernel/kernel.ts';

/** The reference to a kernel in a finding. */
export function aboutKernel({ role, identity, name }: Kernel): AboutKernel {
  return { role, release: valueOr(identity.release, null), name };
}
