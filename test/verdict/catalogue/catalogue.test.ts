import assert from 'node:assert/strict';
import { test } from 'node:test';
import { commandText } from '../../../src/model/command-text.ts';
import type { Finding } from '../../../src/model/finding.ts';
import type { Verdict } from '../../../src/model/verdict.ts';
import { CATALOGUE } from '../../../src/verdict/catalogue.ts';
import { assertGolden } from '../../support/golden.ts';
import { judged } from '../../support/machines.ts';
import { BOOT_CASES } from './boot.cases.ts';
import type { Case } from './case.ts';
import { DOCKER_CASES } from './docker.cases.ts';
import { KERNEL_CASES } from './kernel.cases.ts';
import { MODULE_CASES } from './module.cases.ts';
import { OWN_MODULES_CASES } from './own-modules.cases.ts';
import { PINNED_CASES } from './pinned.cases.ts';
import { REHEARSAL_CASES } from './rehearsal.cases.ts';
import { SELF_CASES } from './self.cases.ts';
import { SOURCES_CASES } from './sources.cases.ts';

// Times are shown in the local zone.
process.env.TZ = 'UTC';

const CASES: readonly Case[] = [
  ...SOURCES_CASES,
  ...KERNEL_CASES,
  ...OWN_MODULES_CASES,
  ...BOOT_CASES,
  ...MODULE_CASES,
  ...DOCKER_CASES,
  ...PINNED_CASES,
  ...REHEARSAL_CASES,
  ...SELF_CASES,
];

test('every entry of the catalogue has its three machines', () => {
  assert.deepEqual(CASES.map(({ code }) => code).sort(), CATALOGUE.map(({ code }) => code).sort());
});

for (const { code, raised, neighbour, unknown } of CASES) {
  test(`${code}: raised`, async () => {
    const { verdict } = await judged(raised);
    const [finding] = verdict.findings.filter((candidate) => candidate.code === code);
    assert.ok(finding !== undefined, textOf(verdict));
    const entry = CATALOGUE.find((candidate) => candidate.code === code);
    assert.ok(entry?.severities.includes(finding.severity));
    // People read both: they must be complete, one line, and without the text of a missing value (undefined).
    assert.match(finding.title, /^[^\n]{8,}[^.\n]$/);
    assert.match(finding.text, /^[^\n]{8,}\.$/);
    for (const text of [
      finding.title,
      finding.text,
      ...finding.remedy.map((step) => commandText(step) ?? step.why),
    ])
      assert.doesNotMatch(text, /undefined|null|NaN|\[object/);
    assertGolden(`${code}.txt`, wordsOf(finding), 'test/verdict/catalogue');
  });

  test(`${code}: not raised on the similar machine`, async () => {
    const { verdict } = await judged(neighbour);
    assert.ok(!verdict.findings.some((finding) => finding.code === code), textOf(verdict));
  });

  test(`${code}: neither raised nor called fine if it is unknown`, async () => {
    const { snapshot, verdict } = await judged(unknown);
    assert.ok(!verdict.findings.some((finding) => finding.code === code), textOf(verdict));
    const shows = unknown.shows ?? ((_, { links }) => links.some((link) => link.mark === 'unknown'));
    assert.ok(shows(snapshot, verdict), textOf(verdict));
  });
}

/** The texts of the finding, and the plan for it alone. */
function wordsOf({ severity, title, text, about, remedy }: Finding): string {
  const steps = remedy.map((step) => commandText(step) ?? `by hand: ${step.why}`);
  const lines = [`${severity}: ${title}`, text, `about ${JSON.stringify(about)}`, ...steps];
  return lines.map((line) => `${line}\n`).join('');
}

function textOf(verdict: Verdict): string {
  const links = verdict.links.map((link) => `${link.name} ${link.mark}: ${link.reason}`);
  const findings = verdict.findings.map((finding) => `${finding.code} ${finding.subject}`);
  return [...links, ...findings].join('\n');
}
