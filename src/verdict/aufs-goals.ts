import { patchOverall } from '../model/patch-overall.ts';
import { sameKernel } from '../model/same-kernel.ts';
import type { Tree } from '../model/tree.ts';
import type { Goal } from './goal.ts';
import type { Kernel } from './kernel/kernel.ts';
import { type LoadAnswer, loadAnswer } from './load-answer.ts';
import { makerOf } from './maker.ts';
import { moduleGoals } from './module-goals.ts';
import type { Situation } from './situation.ts';

/** The goals for a kernel to have AUFS: only for the links that are due. */
export function aufsGoals(situation: Situation, kernel: Kernel, answer: LoadAnswer): Goal[] {
  const { tree, build, next } = situation;
  if (kernel.role === 'running' && next !== null && loadAnswer(next, 'aufs').is === 'yes')
    return [{ is: 'booted', why: 'starts a kernel that has AUFS' }];
  const owner = situation.snapshot.portage.packages.find(({ kinds }) => kinds.includes('aufs')) ?? null;
  const module = moduleGoals({
    situation,
    maker: makerOf(owner),
    kernel,
    failed: [{ name: 'aufs', answer }],
  });
  if (tree === null) return module;
  const patch = patchOverall(tree);
  const isBuiltFine = situation.built !== null && carriesAll(situation.built, patch.required);
  // Where nothing shows whether the sources are patched, the kernel made from them does.
  const isUnpatched = patch.state === 'unknown' && !isBuiltFine && build !== null;
  if (patch.state === 'partial' && patch.rejects.length > 0)
    return [{ is: 'rejects-applied', rejects: patch.rejects }];
  if (patch.state === 'absent' || patch.state === 'partial' || isUnpatched) return [{ is: 'patched' }];
  if (!isBuiltFine || build === null || build.stale.length > 0) return [{ is: 'compiled' }];
  if (sameKernel(kernel.identity, build.identity) !== 'same') return [{ is: 'installed' }];
  const isReboot =
    kernel.role === 'next' && sameKernel(kernel.identity, situation.running.identity) !== 'same';
  const brought: Goal[] = isOfKernelItself(tree, kernel) ? [{ is: 'own-modules' }] : module;
  return isReboot ? [...brought, { is: 'booted', why: 'starts that kernel' }] : brought;
}

/** Does the kernel's own build include the module (CONFIG_AUFS_FS=m)? */
function isOfKernelItself(tree: Tree, { build }: Kernel): boolean {
  const config = build?.builtConfig.known ? build.builtConfig : tree.config;
  return config.known && config.value.options.AUFS_FS === 'm';
}

function carriesAll(kernel: Kernel, components: readonly (keyof Kernel['carries'])[]): boolean {
  const config = kernel.build?.builtConfig;
  const asModule = config?.known === true && config.value.options.AUFS_FS === 'm';
  return components.every((component) => {
    // It leaves no trace in a kernel with aufs as its own module.
    if (component === 'kbuild' && asModule) return true;
    const carries = kernel.carries[component];
    return !carries.known || carries.value;
  });
}
