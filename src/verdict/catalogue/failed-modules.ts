import { moduleName } from '../../model/module-name.ts';
import type { InstalledPackage } from '../../model/portage.ts';
import { kernelsThatCount } from '../kernels-that-count.ts';
import { type LoadAnswer, loadAnswer } from '../load-answer.ts';
import type { Kernel, Situation } from '../situation.ts';
import type { Instance } from './entry.ts';

interface FailedModule {
  readonly name: string;
  readonly answer: LoadAnswer;
}

/** Modules of one package that one kernel will not have, told together: one command builds them all again. */
export interface ModulesArgs {
  readonly situation: Situation;
  readonly owner: InstalledPackage;
  readonly kernel: Kernel;
  /** Those that fail for their own sake before those that need one of them. */
  readonly failed: readonly [FailedModule, ...FailedModule[]];
}

/** The packages with modules that a kernel which counts will not have: there is no file, or it refuses that. */
export function failedModules(situation: Situation, how: 'missing' | 'refused'): Instance<ModulesArgs>[] {
  return wishes(situation).flatMap(({ owner, names }) =>
    kernelsThatCount(situation).flatMap((kernel) => {
      const [first, ...others] = names
        .flatMap((name) => failure(situation, kernel, name, how))
        .sort((a, b) => Number(a.answer.follows) - Number(b.answer.follows));
      if (first === undefined) return [];
      const release = kernel.identity.release.known ? kernel.identity.release.value : kernel.name;
      const what = names.length === 1 ? first.name : `${owner.category}/${owner.name}`;
      const subject = `${what} on ${kernel.role === 'running' ? 'the running kernel' : release}`;
      return [{ subject, args: { situation, owner, kernel, failed: [first, ...others] } as const }];
    }),
  );
}

/** The modules that each installed package has under /lib/modules, for whatever release; not aufs. */
function wishes({ snapshot }: Situation): { owner: InstalledPackage; names: string[] }[] {
  const owners = new Map<string, InstalledPackage>();
  for (const owner of snapshot.portage.packages) {
    for (const { path } of owner.modules) {
      const name = moduleName(path);
      if (name !== 'aufs' && !snapshot.preferences.ignoredModules.includes(name)) owners.set(name, owner);
    }
  }
  const names = [...owners.keys()];
  return [...new Set(owners.values())].map((owner) => ({
    owner,
    names: names.filter((name) => owners.get(name) === owner),
  }));
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
  // The administrator has closed the door (kernel.modules_disabled): nothing is wrong with the module.
  if (kernel.role === 'running' && kernel.abi.modules.known && !kernel.abi.modules.value) return [];
  return [{ name, answer }];
}

function isLoaded({ snapshot }: Situation, name: string): boolean {
  const { loaded } = snapshot.running;
  return loaded.known && loaded.value.includes(name);
}
