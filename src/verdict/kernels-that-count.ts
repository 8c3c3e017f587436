import { sameKernel } from '../model/same-kernel.ts';
import { bootsNext } from './boot-words.ts';
import type { Kernel } from './kernel/kernel.ts';
import type { Situation } from './situation.ts';

/** The kernels that need modules: the one that boots next, and the running one if that is another. */
export function kernelsThatCount({ running, next }: Situation): Kernel[] {
  if (next === null) return [running];
  return sameKernel(running.identity, next.identity) === 'same' ? [next] : [next, running];
}

/** For a person: `the running kernel 6.1.192-gentoo #3`. */
export function whichKernel({ nextBoot }: Pick<Situation, 'nextBoot'>, { role, name }: Kernel): string {
  return role === 'running' ? `the running kernel ${name}` : `${name}, which ${bootsNext(nextBoot)}`;
}
