import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { SCENARIOS } from '../../src/demo/scenarios.ts';
import { type Finding, type PlanStep, type RemedyStep, STAGES } from '../../src/model/finding.ts';
import { planOf } from '../../src/verdict/plan.ts';
import { judged, NOW } from '../support/machines.ts';

/** Few values, so that steps meet: the same command, the same result, one that covers another. */
const results = fc.uniqueArray(fc.constantFrom('patch:a', 'build:a', 'install:a', 'module:x', 'module:y'), {
  minLength: 1,
  maxLength: 3,
});
const step: fc.Arbitrary<RemedyStep> = fc.record({
  command: fc.option(fc.constantFrom('make', 'make install', 'emerge x', 'emerge y', 'reboot')),
  why: fc.constantFrom('builds', 'installs'),
  stage: fc.constantFrom(...STAGES),
  achieves: results,
});
const findings: fc.Arbitrary<Finding[]> = fc
  .array(fc.array(step, { maxLength: 5 }), { maxLength: 6 })
  .map((remedies) => remedies.map((remedy, index) => findingWith(`finding-${index}`, remedy)));

function findingWith(code: string, remedy: RemedyStep[]): Finding {
  return { code, subject: '', severity: 'warning', title: '', text: '', remedy, causedBy: [] };
}

function assertSound(plan: readonly PlanStep[], found: readonly Finding[]): void {
  const said = plan.map(({ stage, command, why }) =>
    JSON.stringify([stage, command ?? why, command === null]),
  );
  assert.equal(new Set(said).size, said.length, 'nothing twice');
  const stages = plan.map(({ stage }) => STAGES.indexOf(stage));
  assert.deepEqual(
    stages,
    stages.toSorted((a, b) => a - b),
    'in the order of the stages',
  );
  for (const [index, one] of plan.entries()) {
    const others = plan.filter((_, at) => at !== index);
    const covering = others.find((other) => one.achieves.every((result) => other.achieves.includes(result)));
    assert.equal(covering, undefined, 'no step that another one makes needless');
  }
  const wanted = new Set(found.flatMap(({ remedy }) => remedy.flatMap(({ achieves }) => achieves)));
  assert.deepEqual(new Set(plan.flatMap(({ achieves }) => achieves)), wanted, 'all that is to be achieved');
  for (const { code, remedy } of found) {
    if (remedy.length > 0)
      assert.ok(
        plan.some(({ resolves }) => resolves.includes(code)),
        code,
      );
  }
}

test('any findings: nothing twice, nothing needless, nothing forgotten, in order', () => {
  fc.assert(
    fc.property(findings, (found) => assertSound(planOf(found), found)),
    { numRuns: 1000 },
  );
});

test('the plan of every scenario is as sound', async () => {
  for (const scenario of Object.values(SCENARIOS)) {
    const { verdict } = await judged({ machine: scenario(NOW) });
    assertSound(verdict.plan, verdict.findings);
  }
});

test('of two ways to the same end the one that does more stays, and resolves both findings', () => {
  const one: RemedyStep = { command: 'depmod -a', why: '', stage: 'modules', achieves: ['depmod:6.1'] };
  const more: RemedyStep = {
    command: 'emerge x',
    why: '',
    stage: 'modules',
    achieves: ['module:x', 'depmod:6.1'],
  };
  const plan = planOf([findingWith('depmod-due', [one]), findingWith('module-missing', [more])]);
  assert.deepEqual(
    plan.map(({ command, resolves }) => ({ command, resolves: resolves.toSorted() })),
    [{ command: 'emerge x', resolves: ['depmod-due', 'module-missing'] }],
  );
});

test('no findings, no steps', () => {
  assert.deepEqual(planOf([]), []);
});
