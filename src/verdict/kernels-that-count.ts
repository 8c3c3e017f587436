import { sameKernel } from '../model/same-kernel.ts';
import type { Kernel, Situation } from './situation.ts';

/** The kernels that modules must be there for: the one that boots next, and the running one where that is another. */
export function kernelsThatCount({ running, next }: Situation): Kernel[] {
  if (next === null) return [running];
  return sameKernel(running.identity, next.identity) === 'same' ? [next] : [next, running];
}

/** For a person: `the running kernel 6.1.192-gentoo #3`. */
export function whichKernel({ role, name }: Kernel): string {
  return role === 'running' ? `the running kernel ${name}` : `${name}, which boots next`;
}
