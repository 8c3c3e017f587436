import assert from 'node:assert/strict';
import { test } from 'node:test';
import { NO_MEMORY } from '../../src/model/memory.ts';
import { CATALOGUE } from '../../src/verdict/catalogue.ts';
import { judge } from '../../src/verdict/judge.ts';
import { assess } from '../../src/verdict/situation.ts';
import { SCENARIOS } from '../support/demo/scenarios.ts';
import { judged, NOW, read } from '../support/machines.ts';
import { neverPatched } from './catalogue/changes.ts';

/** Frozen deeply: a judge that changes its argument throws. */
function frozen<T>(value: T): T {
  if (typeof value === 'object' && value !== null) {
    for (const part of Object.values(value)) frozen(part);
    Object.freeze(value);
  }
  return value;
}

for (const [name, scenario] of Object.entries(SCENARIOS)) {
  test(`${name}: the verdict is a function of the snapshot alone`, async () => {
    const { snapshot, verdict, root } = await judged({ machine: scenario(NOW) });
    const text = JSON.stringify(snapshot);
    assert.deepEqual(judge(frozen(snapshot), NO_MEMORY), verdict);
    assert.equal(JSON.stringify(snapshot), text);
    assert.deepEqual(judge(JSON.parse(text), NO_MEMORY), verdict, 'by way of JSON');
    assert.deepEqual(judge(await read(root), NO_MEMORY), verdict, 'read again');
  });
}

test('a finding that another one of the same subject includes is left out', async () => {
  for (const [name, scenario] of Object.entries(SCENARIOS)) {
    const { snapshot, verdict } = await judged({ machine: scenario(NOW) });
    const raised = CATALOGUE.flatMap((entry) => entry.find(assess(snapshot, NO_MEMORY)));
    for (const { finding } of raised) {
      const { dependsOn = [] } = CATALOGUE.find(({ code }) => code === finding.code) ?? {};
      const roots = raised.filter(
        ({ finding: other }) => dependsOn.includes(other.code) && other.subject === finding.subject,
      );
      const isReported = verdict.findings.some(
        ({ code, subject }) => code === finding.code && subject === finding.subject,
      );
      assert.equal(isReported, roots.length === 0, `${name}: ${finding.code}`);
    }
  }
});

test('only the root cause: a lost patch is not reported as partly applied as well', async () => {
  const { verdict } = await judged({ machine: SCENARIOS.unpatched(NOW) });
  const codes = verdict.findings.map(({ code }) => code);
  assert.ok(codes.includes('patch-reverted'));
  assert.ok(!codes.includes('sources-partly-patched'));
  const never = await judged({ machine: neverPatched() });
  assert.ok(never.verdict.findings.some(({ code }) => code === 'sources-unpatched'));
});

test('a consequence names the finding that causes it, and only an open one', async () => {
  const { verdict } = await judged({ machine: SCENARIOS.story(NOW) });
  const loss = verdict.findings.find(({ code }) => code === 'next-boot-without-aufs');
  assert.deepEqual(loss?.causedBy, ['kernel-not-rebuilt']);
  for (const scenario of Object.values(SCENARIOS)) {
    const { findings } = (await judged({ machine: scenario(NOW) })).verdict;
    for (const { causedBy } of findings)
      for (const code of causedBy) assert.ok(findings.some((other) => other.code === code));
  }
});

test('every code that an entry refers to is in the catalogue, and none depends on itself', () => {
  const codes = CATALOGUE.map(({ code }) => code);
  assert.equal(new Set(codes).size, codes.length);
  for (const { code, dependsOn, followsFrom } of CATALOGUE) {
    assert.match(code, /^[a-z]+(-[a-z]+)*$/);
    for (const other of [...dependsOn, ...followsFrom]) {
      assert.ok(codes.includes(other), `${code} refers to ${other}`);
      assert.notEqual(other, code);
    }
  }
});

test('findings are sorted, the worst first', async () => {
  const order = ['critical', 'warning', 'notice'];
  for (const scenario of Object.values(SCENARIOS)) {
    const { findings } = (await judged({ machine: scenario(NOW) })).verdict;
    const ranks = findings.map(({ severity }) => order.indexOf(severity));
    assert.deepEqual(ranks, ranks.toSorted());
  }
});
