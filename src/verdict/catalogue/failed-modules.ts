import type { Kernel } from '../kernel/kernel.ts';
import { kernelsThatCount } from '../kernels-that-count.ts';
import { type LoadAnswer, loadAnswer } from '../load-answer.ts';
import type { Maker } from '../maker.ts';
import { moduleWishes } from '../module-wishes.ts';
import type { Situation } from '../situation.ts';
import type { Instance } from './entry.ts';

interface FailedModule {
  readonly name: string;
  readonly answer: LoadAnswer;
}

/** Modules of one maker that one kernel will not have. They form one finding, since one command builds them all again. */
export interface ModulesArgs {
  readonly situation: Situation;
  readonly maker: Maker;
  readonly kernel: Kernel;
  /** First the modules that fail by themselves, then those that need one of them. */
  readonly failed: readonly [FailedModule, ...FailedModule[]];
}

/** The modules that the running and the next kernel will not have: there is no file, or the kernel refuses it. */
export function failedModules(situation: Situation, how: 'missing' | 'refused'): Instance<ModulesArgs>[] {
  return kernelsThatCount(situation).flatMap((kernel) =>
    moduleWishes(situation, kernel).flatMap(({ maker, names }) => {
      const [first, ...others] = names
        .flatMap((name) => failure(situation, kernel, name, how))
        .sort((a, b) => Number(a.answer.follows) - Number(b.answer.follows));
      if (first === undefined) return [];
      const release = kernel.identity.release.known ? kernel.identity.release.value : kernel.name;
      const what = names.length === 1 ? first.name : nameOf(maker, first.name);
      const subject = `${what} on ${kernel.role === 'running' ? 'the running kernel' : release}`;
      return [{ subject, args: { situation, maker, kernel, failed: [first, ...others] } as const }];
    }),
  );
}

function nameOf(maker: Maker, first: string): string {
  switch (maker.by) {
    case 'package':
      return `${maker.package.category}/${maker.package.name}`;
    case 'dkms':
      return `${maker.name} of DKMS`;
    case 'hand':
      return first;
  }
}

function failure(
  situation: Situation,
  kernel: Kernel,
  name: string,
  how: 'missing' | 'refused',
): FailedModule[] {
  const answer = loadAnswer(kernel, name);
  if (answer.is !== 'no' || answer.missing !== (how === 'missing')) return [];
  if (kernel.role === 'running' && isLoaded(situation, name)) return [];
  // The administrator disabled loading (kernel.modules_disabled): nothing is wrong with the module.
  if (kernel.role === 'running' && kernel.abi.modules.known && !kernel.abi.modules.value) return [];
  return [{ name, answer }];
}

function isLoaded({ snapshot }: Situation, name: string): boolean {
  const { loaded } = snapshot.running;
  return loaded.known && loaded.value.includes(name);
}
