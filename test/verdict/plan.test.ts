import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { commandText } from '../../src/model/command-text.ts';
import { FINDING_CODES, type FindingCode, type PlanStep } from '../../src/model/finding.ts';
import { NO_MEMORY } from '../../src/model/memory.ts';
import { STAGES } from '../../src/model/step.ts';
import type { Goal, Wish } from '../../src/verdict/goal.ts';
import { makerOf } from '../../src/verdict/maker.ts';
import { planOf } from '../../src/verdict/plan.ts';
import { assess } from '../../src/verdict/situation.ts';
import { SCENARIOS } from '../support/demo/scenarios.ts';
import { judged, NOW } from '../support/machines.ts';

const { snapshot } = await judged({ machine: SCENARIOS.unpatched(NOW) });
const PLACE = assess(snapshot, NO_MEMORY);
const zfs = snapshot.portage.packages.find(({ name }) => name === 'zfs-kmod');
assert.ok(zfs !== undefined);

const GOALS: readonly Goal[] = [
  { is: 'patched' },
  { is: 'compiled' },
  { is: 'installed' },
  { is: 'own-modules' },
  { is: 'sources-merged-again' },
  { is: 'rejects-applied', rejects: ['mm/mmap.c.rej'] },
  { is: 'configured', option: 'TRIM_UNUSED_KSYMS', value: 'n', why: 'exports all' },
  { is: 'booted', why: 'starts it' },
  { is: 'indexed', release: '6.1.192-gentoo' },
  { is: 'reloaded', module: 'zfs' },
  { is: 'module-built', maker: makerOf(zfs), modules: ['zfs'], release: '6.1.192-gentoo' },
  { is: 'module-built', maker: makerOf(zfs), modules: ['spl'], release: '6.1.191-gentoo' },
  { is: 'ran', stage: 'self', commands: [{ words: ['aufswatch', 'setup'] }], why: 'puts the hooks in place' },
  { is: 'done-by-hand', stage: 'docker', what: 'choose a driver' },
];
const wishes: fc.Arbitrary<Wish[]> = fc.array(
  fc.record({ goal: fc.constantFrom(...GOALS), code: fc.constantFrom(...FINDING_CODES.slice(0, 6)) }),
  { maxLength: 8 },
);

function assertSound(plan: readonly PlanStep[], wanted: ReadonlySet<FindingCode>): void {
  const lines = plan.map((step) => commandText(step) ?? step.why);
  // After a merge for another kernel the previous sources are selected again.
  const once = lines.filter((line) => !line.startsWith('eselect kernel set'));
  const repeated = once.filter((line, index) => once.indexOf(line) !== index);
  assert.deepEqual(
    repeated.filter((line) => !line.startsWith('emerge')),
    [],
    'no step is repeated',
  );
  const stages = plan.map(({ stage }) => STAGES.indexOf(stage));
  assert.deepEqual(
    stages,
    stages.toSorted((a, b) => a - b),
    'in the order of the stages',
  );
  assert.deepEqual(new Set(plan.flatMap(({ resolves }) => resolves)), wanted, 'exactly the wanted findings');
  assert.ok(plan.every(({ resolves }) => new Set(resolves).size === resolves.length));
  const boots = lines.filter((line) => line === 'reboot');
  assert.ok(boots.length <= 1);
  if (boots.length === 1) {
    assert.equal(lines.at(-1), 'reboot');
    assert.ok(!lines.some((line) => line.startsWith('modprobe')), 'the reboot loads all modules');
  }
}

test('for any goals the plan repeats no step, misses no finding and is in order', () => {
  fc.assert(
    fc.property(wishes, (wanted) =>
      assertSound(planOf(PLACE, wanted), new Set(wanted.map(({ code }) => code))),
    ),
    { numRuns: 1000 },
  );
});

test('the same holds for the plan of every scenario', async () => {
  for (const scenario of Object.values(SCENARIOS)) {
    const { verdict } = await judged({ machine: scenario(NOW) });
    const solvable = verdict.findings.filter(({ remedy }) => remedy.length > 0).map(({ code }) => code);
    assertSound(verdict.plan, new Set(solvable));
  }
});

test('a step that is part of another one is left out, and the other resolves both findings', () => {
  const plan = planOf(PLACE, [
    { goal: { is: 'indexed', release: '6.1.192-gentoo' }, code: 'depmod-due' },
    {
      goal: { is: 'module-built', maker: makerOf(zfs), modules: ['zfs'], release: '6.1.192-gentoo' },
      code: 'module-missing',
    },
  ]);
  assert.deepEqual(
    plan.map((step) => ({ command: commandText(step), resolves: step.resolves.toSorted() })),
    [{ command: 'emerge --oneshot sys-fs/zfs-kmod', resolves: ['depmod-due', 'module-missing'] }],
  );
});

test('two kernels need two merges, each after its selection, and the selection is restored', () => {
  const forRelease = (release: string): Wish => ({
    goal: { is: 'module-built', maker: makerOf(zfs), modules: ['zfs'], release },
    code: 'module-missing',
  });
  const plan = planOf(PLACE, [forRelease('6.1.192-gentoo'), forRelease('6.1.191-gentoo')]);
  assert.deepEqual(
    plan.map((step) => commandText(step)),
    [
      'emerge --oneshot sys-fs/zfs-kmod',
      'eselect kernel set linux-6.1.191-gentoo',
      'emerge --oneshot sys-fs/zfs-kmod',
      'eselect kernel set linux-6.1.192-gentoo',
    ],
  );
});

test('without findings there are no steps', () => {
  assert.deepEqual(planOf(PLACE, []), []);
});

test('the steps depend only on the goals, whichever findings have them and how often', () => {
  const steps = (of: readonly Wish[]) => planOf(PLACE, of).map(({ resolves: _, ...step }) => step);
  fc.assert(
    fc.property(wishes, (wanted) => {
      const others = wanted.map(({ goal }) => ({ goal, code: 'reboot-pending' as const }));
      assert.deepEqual(steps([...others, ...wanted]), steps(wanted));
    }),
    { numRuns: 300 },
  );
});
