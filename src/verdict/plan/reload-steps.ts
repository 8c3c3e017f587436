import type { PlanStep } from '../../model/finding.ts';
import type { LoadedModule } from '../../model/running.ts';
import type { Situation } from '../situation.ts';
import { listed } from '../words.ts';
import type { Due } from './due.ts';
import { type Codes, run, union } from './step-list.ts';

export interface Reload {
  readonly steps: readonly PlanStep[];
  /** The findings about modules that only a reboot can reload. */
  readonly leftToBoot: Codes;
  readonly why: string;
}

/**
 * Reloads modules. A module can be removed when nothing uses it: first the modules that use it (/proc/modules), then itself; then
 * all are loaded again. A module in use by something else, as a mounted file system, stays until the reboot.
 */
export function reloadSteps({ snapshot }: Situation, due: Due): Reload {
  const wanted = due.all('reloaded');
  const codes = union(...wanted.map((each) => each.codes));
  const none = { steps: [], leftToBoot: [], why: '' };
  if (wanted.length === 0) return none;
  // The reboot reloads all of them.
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
