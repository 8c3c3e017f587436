import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { appendFileSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { MODULE_PARTS } from '../../src/demo/patch-set.ts';
import { patchText } from '../../src/demo/source-text.ts';
import { commandText } from '../../src/model/command-text.ts';
import type { PlanStep } from '../../src/model/finding.ts';
import { patchOverall } from '../../src/model/patch-overall.ts';
import { SCENARIOS } from '../support/demo/scenarios.ts';
import { judged, NOW } from '../support/machines.ts';
import { needs } from '../support/tools.ts';
import { IN_SYNC, TREE } from './catalogue/changes.ts';

/** Ebuilds of AUFS run the patch in reverse first; on a clean tree that leaves a reject for each file. */
test('after a merge of the sources, the rejects of the reverse attempt hide nothing', {
  skip: needs('patch'),
}, async () => {
  const { verdict, root } = await judged({
    machine: IN_SYNC,
    change: (root) => {
      takeOut(join(root, TREE));
      writeFileSync(join(root, TREE, 'fs/dcache.c.rej'), '');
      // In the tree, which is now plain, nothing can be reversed.
      takeOut(join(root, TREE), 1);
    },
  });
  const rejects = readdirSync(join(root, TREE, 'mm')).filter((name) => name.endsWith('.rej'));
  assert.ok(rejects.length > 3, rejects.join(' '));
  const codes = verdict.findings.map(({ code }) => code);
  assert.ok(codes.includes('sources-unpatched') || codes.includes('patch-reverted'), codes.join(' '));
  assert.ok(!codes.includes('sources-partly-patched'), codes.join(' '));
  assert.doesNotMatch(JSON.stringify(verdict), /\.rej/);
});

const MMAP = `${TREE}/mm/mmap.c`;
const HALF = SCENARIOS['half-patched'](NOW);

test('rejected hunks come before any build, and no merge removes what was applied', async () => {
  const { plan } = (await judged({ machine: HALF })).verdict;
  const [first] = plan;
  assert.ok(first?.by === 'hand' && first.why.includes('mm/mmap.c.rej'), linesOf(plan));
  assertNoUndoing(plan);
});

test('a tree that was repaired by hand is complete, and its package is not merged over it', async () => {
  for (const keep of [true, false]) {
    const { snapshot, verdict } = await judged({
      machine: HALF,
      change: (root) => {
        mend(root);
        if (!keep) rmSync(join(root, `${MMAP}.rej`));
      },
    });
    const tree = snapshot.sources.trees.find(({ path }) => path === TREE);
    assert.ok(tree !== undefined);
    const { state, mended } = patchOverall(tree);
    assert.deepEqual({ state, mended }, { state: 'whole', mended: true });
    const codes = verdict.findings.map(({ code }) => code);
    assert.ok(
      codes.includes('kernel-not-rebuilt') && !codes.includes('sources-partly-patched'),
      codes.join(),
    );
    assertNoUndoing(verdict.plan);
    assert.match(linesOf(verdict.plan), /would remove from the sources what was applied by hand/);
  }
});

test('rejects are predicted', async () => {
  const { plan } = (
    await judged({
      machine: SCENARIOS.unpatched(NOW),
      change: (root) => writeFileSync(join(root, MMAP), 'int other;\n'),
    })
  ).verdict;
  assert.match(linesOf(plan), /one hunk of mm\/mmap\.c will not apply: apply it by hand afterwards/);
});

/** The lines of the reject, at another place and with another indentation. */
function mend(root: string): void {
  const added = readFileSync(join(root, `${MMAP}.rej`), 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('+') && !line.startsWith('+++'))
    .map((line) => `\t${line.slice(1)}`);
  appendFileSync(join(root, MMAP), `${added.join('\n')}\n`);
}

function linesOf(plan: readonly PlanStep[]): string {
  return plan.map((step) => commandText(step) ?? step.why).join('\n') + plan.map(({ why }) => why).join('\n');
}

function assertNoUndoing(plan: readonly PlanStep[]): void {
  for (const step of plan) {
    const command = commandText(step) ?? '';
    assert.ok(!/emerge .*(aufs6|@module-rebuild)/.test(command), linesOf(plan));
  }
}

function takeOut(tree: string, expected = 0): void {
  for (const part of MODULE_PARTS.toReversed()) {
    const words = ['-p1', '-R', '--force', '--silent'];
    const { status } = spawnSync('patch', words, { cwd: tree, input: patchText(part) });
    assert.equal(status, expected, part);
  }
}
