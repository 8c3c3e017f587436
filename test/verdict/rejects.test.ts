import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { patchText } from '../../src/demo/source-text.ts';
import { MODULE_PARTS } from '../../src/demo/tree.ts';
import { judged } from '../support/machines.ts';
import { needs } from '../support/tools.ts';
import { IN_SYNC, TREE } from './catalogue/changes.ts';

/** Ebuilds of AUFS run the patch in reverse first; on a clean tree that leaves a reject for each file. */
test('after a merge of the sources the rejects of the reverse attempt hide nothing', {
  skip: needs('patch'),
}, async () => {
  const { verdict, root } = await judged({
    machine: IN_SYNC,
    change: (root) => {
      takeOut(join(root, TREE));
      writeFileSync(join(root, TREE, 'fs/dcache.c.rej'), '');
      // On the tree that is plain now: nothing of it can be taken out.
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

function takeOut(tree: string, expected = 0): void {
  for (const part of MODULE_PARTS.toReversed()) {
    const words = ['-p1', '-R', '--force', '--silent'];
    const { status } = spawnSync('patch', words, { cwd: tree, input: patchText(part) });
    assert.equal(status, expected, part);
  }
}
