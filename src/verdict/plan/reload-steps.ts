import type { PlanStep } from '../../model/finding.ts';
import type { LoadedModule } from '../../model/running.ts';
import type { Situation } from '../situation.ts';
import { listed } from '../words.ts';
import type { Due } from './due.ts';
import { type Codes, run, union } from './step-list.ts';

export interface Reload {
  readonly steps: readonly PlanStep[];
  /** What only a reboot can load anew, and the findings that want it. */
  readonly leftToBoot: Codes;
  readonly why: string;
}

/**
 * Modules that are loaded anew. A module goes when nothing holds it: first those that use it (/proc/modules), then
 * itself, and all of them are put back. One that something else than a module uses, as a mounted file system, stays
 * until the reboot.
 */
export function reloadSteps({ snapshot }: Situation, due: Due): Reload {
  const wanted = due.all('reloaded');
  const codes = union(...wanted.map((each) => each.codes));
  const none = { steps: [], leftToBoot: [], why: '' };
  if (wanted.length === 0) return none;
  // The reboot loads all of them anew.
  if (due.boot.length > 0) return { ...none, leftToBoot: codes };
  const { modules } = snapshot.running;
  const stack = withHolders(
    wanted.map(({ goal }) => goal.module),
    modules,
  );
  const inUse = stack.filter((name) => isUsedOtherwise(modules.find((each) => each.name === name)));
  if (inUse.length > 0)
    return {
      steps: [],
      leftToBoot: codes,
      why: `loads the new ${listed(stack)}: ${listed(inUse)} ${inUse.length === 1 ? 'is' : 'are'} in use`,
    };
  const steps = run(
    'reload',
    codes,
    'unloads the old module and loads the new one',
    { words: ['modprobe', '-r', ...stack.toReversed()] },
    { words: ['modprobe', '-a', ...stack] },
  );
  return { ...none, steps };
}

/** Every module before those that hold it. */
function withHolders(names: readonly string[], loaded: readonly LoadedModule[]): string[] {
  const order: string[] = [];
  const visit = (name: string, above: readonly string[]): void => {
    if (above.includes(name)) return;
    const module = loaded.find((each) => each.name === name);
    for (const holder of module?.heldBy ?? []) visit(holder, [...above, name]);
    if (!order.includes(name)) order.push(name);
  };
  for (const name of names) visit(name, []);
  return order.toReversed();
}

function isUsedOtherwise(module: LoadedModule | undefined): boolean {
  if (module === undefined || !module.uses.known) return false;
  return module.uses.value > module.heldBy.length;
}
