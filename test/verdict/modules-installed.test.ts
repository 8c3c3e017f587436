import assert from 'node:assert/strict';
import { test } from 'node:test';
import { releaseFor } from '../../src/demo/in-sync.ts';
import { type Build, releaseOf } from '../../src/demo/kernel.ts';
import type { Machine } from '../../src/demo/machine.ts';
import { commandText } from '../../src/model/command-text.ts';
import type { PlanStep } from '../../src/model/finding.ts';
import { NO_MEMORY } from '../../src/model/memory.ts';
import type { Snapshot } from '../../src/model/snapshot.ts';
import { planOf } from '../../src/verdict/plan.ts';
import { assess } from '../../src/verdict/situation.ts';
import { SCENARIOS } from '../support/demo/scenarios.ts';
import { judged, NOW } from '../support/machines.ts';

/** `make modules_install` is a step of the plan until it is proved that it ran. */

const MACHINE = SCENARIOS['not-installed'](NOW);
const kernel = builtKernel();

test('it is left out if the modules of the new kernel are installed', async () => {
  const before = await commandsFor(MACHINE);
  assert.ok(before.some((command) => command.endsWith('modules_install install')));
  const after = await commandsFor(withModulesOf(kernel));
  assert.ok(after.every((command) => !command.includes('modules_install')));
  assert.ok(after.some((command) => command.endsWith('-C /usr/src/linux-6.1.192-gentoo install')));
  assert.equal(after.at(-1), 'reboot');
});

test('it stays if the kernel was compiled again since, or another build directory installed them', async () => {
  const { installedAt, build } = releaseFor(kernel);
  for (const change of [
    { installedAt: kernel.at - 1000 },
    { build: '/usr/src/linux-6.1.191-gentoo' },
    { build: null },
  ]) {
    const plan = await commandsFor(withModulesOf(kernel, { installedAt, build, ...change }));
    assert.ok(
      plan.some((command) => command.includes('modules_install')),
      JSON.stringify(change),
    );
  }
});

test('then a due depmod is its own step', async () => {
  const { snapshot } = await judged({ machine: withModulesOf(kernel) });
  const { preferences, portage } = snapshot;
  const bare: Snapshot = {
    ...snapshot,
    preferences: { ...preferences, wanted: 'no' },
    portage: { ...portage, packages: [] },
  };
  const plan = planOf(assess(bare, NO_MEMORY), [
    { goal: { is: 'installed' }, code: 'kernel-not-installed' },
    { goal: { is: 'indexed', release: releaseOf(kernel) }, code: 'depmod-due' },
  ]);
  assert.ok(plan.some((step) => commandText(step) === `depmod -a ${releaseOf(kernel)}`));
});

function builtKernel(): Build {
  const tree = MACHINE.trees.find(({ version }) => version === '6.1.192');
  assert.ok(tree?.build);
  return tree.build.kernel;
}

/** The machine with /lib/modules as `make modules_install` of that kernel leaves it. */
function withModulesOf(of: Build, change: Partial<ReturnType<typeof releaseFor>> = {}): Machine {
  const releases = MACHINE.releases.map((release) =>
    releaseOf(release.kernel) === releaseOf(of)
      ? { ...releaseFor(of), unowned: release.unowned, ...change }
      : release,
  );
  return { ...MACHINE, releases };
}

async function commandsFor(machine: Machine): Promise<string[]> {
  const { verdict } = await judged({ machine });
  return verdict.plan.map((step: PlanStep) => commandText(step) ?? step.why);
}
