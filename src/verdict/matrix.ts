import { moduleName } from '../model/module-name.ts';
import { sameKernel } from '../model/same-kernel.ts';
import { type Kernel, kernelName } from './kernel/kernel.ts';
import { type LoadAnswer, loadAnswer } from './load-answer.ts';
import { namesApart } from './names-apart.ts';
import { allKernels, kernelOfImage, type Situation } from './situation.ts';

/** Which module loads on which kernel of this machine. */
export interface Matrix {
  readonly kernels: readonly MatrixKernel[];
  readonly rows: readonly MatrixRow[];
}

export interface MatrixKernel {
  readonly name: string;
  readonly release: string;
  /** `runs`, `boots next`, `selected`. */
  readonly roles: readonly string[];
}

export interface MatrixRow {
  readonly module: string;
  /** One for each kernel, in their order. */
  readonly answers: readonly LoadAnswer[];
}

/** Leaves out kernels of unknown release. */
export function matrixOf(situation: Situation): Matrix {
  const kernels = [...allKernels(situation), ...kernelsInBoot(situation)].flatMap((kernel) => {
    const { release } = kernel.identity;
    return release.known ? [{ kernel, release: release.value }] : [];
  });
  const names = moduleNames(situation);
  const kernelNames = namesApart(
    kernels.map(({ kernel: { identity } }) => ({ identity, name: kernelName(identity) })),
  );
  return {
    kernels: kernels.map(({ kernel, release }, index) => ({
      name: kernelNames[index] ?? kernel.name,
      release,
      roles: rolesOf(situation, kernel),
    })),
    rows: names.map((module) => ({
      module,
      answers: kernels.map(({ kernel }) => loadAnswer(kernel, module)),
    })),
  };
}

/**
 * Other kernels in /boot whose images show how they load modules: a person may boot one of them by hand.
 */
function kernelsInBoot(situation: Situation): Kernel[] {
  const { modules } = situation.snapshot;
  const known = allKernels(situation);
  return modules
    .flatMap(({ abiOf }) => (abiOf === null ? [] : (kernelOfImage(situation, abiOf) ?? [])))
    .filter(({ identity }) => !known.some((other) => sameKernel(other.identity, identity) === 'same'));
}

/** Every out-of-tree module that matters on this machine, by the kernel's name for it. */
export function moduleNames({ snapshot, wanted }: Situation): string[] {
  const onDisk = snapshot.modules.flatMap(({ modules }) => modules.map((file) => file.name));
  const owned = snapshot.portage.packages.flatMap(({ modules }) =>
    modules.map(({ path }) => moduleName(path)),
  );
  const aufs = wanted.answer === 'yes' ? ['aufs'] : [];
  const ignored = snapshot.preferences.ignoredModules;
  return [...new Set([...aufs, ...onDisk, ...owned])].filter((name) => !ignored.includes(name)).sort();
}

function rolesOf({ running, next, built }: Situation, kernel: Kernel): string[] {
  const is = (other: Kernel | null): boolean =>
    other !== null && (other === kernel || sameKernel(other.identity, kernel.identity) === 'same');
  return [
    ...(is(running) ? ['runs'] : []),
    ...(is(next) ? ['boots next'] : []),
    ...(is(built) ? ['selected'] : []),
  ];
}
