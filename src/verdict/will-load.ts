import type { KernelAbi } from '../model/abi.ts';
import { known } from '../model/fact.ts';
import type { ModuleFile, ReleaseModules } from '../model/module.ts';
import { chooseModule } from './choose-module.ts';
import type { Kernel } from './kernel/kernel.ts';
import type { Loadable } from './loadable/answer.ts';
import { loadable } from './loadable.ts';
import { isLoadedNow, loadedOr } from './loaded-now.ts';
import { seenOr, seenOutcome } from './rehearsed.ts';

/**
 * Would the kernel take this module, with all that it needs loaded before it? A rehearsal of exactly these, and the fact that
 * it is loaded now, count.
 */
export function willLoad(kernel: Kernel, file: ModuleFile): Loadable {
  return answerFor(kernel, file, 'seen');
}

/** The same by prediction alone. */
export function foretold(kernel: Kernel, file: ModuleFile): Loadable {
  return answerFor(kernel, file, 'foretold');
}

type Answers = Map<ModuleFile, Loadable>;

/** Answers computed before: each of thousands of modules needs the answers for its dependencies. */
const cache = new WeakMap<Kernel, Readonly<Record<'seen' | 'foretold', Answers>>>();

function answerFor(kernel: Kernel, file: ModuleFile, by: 'seen' | 'foretold'): Loadable {
  const cached = cache.get(kernel) ?? { seen: new Map(), foretold: new Map() };
  cache.set(kernel, cached);
  const chosen = kernel.modules === null ? NO_MODULES : chosenModules(kernel.modules);
  const isChosen = chosen.includes(file);
  const earlier: Answers = isChosen ? cached[by] : new Map();
  const modules = isChosen ? chosen : [...chosen, file];
  const abi = withKmod(kernel);
  const answers: Answers = new Map();
  let isCircular = false;
  const result = answer(file);
  // Answers within a circle depend on where it was entered: they are not kept.
  if (!isCircular) for (const [module, found] of answers) earlier.set(module, found);
  return result;

  function answer(module: ModuleFile): Loadable {
    const before = earlier.get(module) ?? answers.get(module);
    if (before !== undefined) {
      isCircular ||= before === IN_CIRCLE;
      return before;
    }
    // For modules that need each other. depmod refuses those.
    answers.set(module, IN_CIRCLE);
    const available = kernel.modules?.available ?? null;
    const predicted = loadable(module, abi, { modules, available, loads: answer });
    const found = by === 'seen' ? withSeen(kernel, module, predicted) : predicted;
    answers.set(module, found);
    return found;
  }
}

/** A rehearsal counts more than the prediction; that the module is loaded now counts more than "not known". */
function withSeen(kernel: Kernel, file: ModuleFile, predicted: Loadable): Loadable {
  return loadedOr(seenOr(predicted, seenOutcome(kernel, file)), () => isLoadedNow(kernel, file));
}

const IN_CIRCLE: Loadable = { answer: 'loads' };
const NO_MODULES: readonly ModuleFile[] = [];
const chosenOf = new WeakMap<ReleaseModules, readonly ModuleFile[]>();

/** For each name the file that modprobe would take. */
function chosenModules(release: ReleaseModules): readonly ModuleFile[] {
  const cached = chosenOf.get(release);
  if (cached !== undefined) return cached;
  const all = [...release.modules, ...release.between];
  const chosen = all.filter((file) => chooseModule(all, file.name) === file);
  chosenOf.set(release, chosen);
  return chosen;
}

/** What kmod unpacks itself, the kernel need not unpack. */
function withKmod({ abi, modules }: Kernel): KernelAbi {
  const { unpacks } = abi;
  const handedOver = modules?.handedOver ?? unpacks;
  if (unpacks.known && unpacks.value === null) return abi;
  if (!handedOver.known) return { ...abi, unpacks: handedOver };
  return handedOver.value === false ? { ...abi, unpacks: known(null) } : abi;
}
