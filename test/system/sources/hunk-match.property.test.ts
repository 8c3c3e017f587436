import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { openRoot } from '../../../src/system/root.ts';
import type { Direction } from '../../../src/system/sources/hunk-match.ts';
import { parsePatch } from '../../../src/system/sources/patch-file.ts';
import { dryRun } from '../../../src/system/sources/proof.ts';
import { openTreeFiles } from '../../../src/system/sources/tree-files.ts';
import { temporaryDirectory } from '../../support/temporary.ts';
import { needs } from '../../support/tools.ts';
import { realDryRun } from './real-patch.ts';

/** Few different lines, so that hunks fit in many places, and some of them by chance. */
const line = fc.constantFrom('a', 'b', 'c', 'd', '}', '', '\tx', 'a\r', '# if', '-- 1', '@@ -1 +1 @@');
const text = fc
  .tuple(fc.array(line, { maxLength: 40 }), fc.boolean())
  .map(([lines, whole]) => lines.join('\n') + (whole && lines.length > 0 ? '\n' : ''));
const edit = fc.record({
  at: fc.nat(60),
  remove: fc.nat(4),
  insert: fc.array(line, { maxLength: 4 }),
});
const edits = fc.array(edit, { maxLength: 5 });
/** One hunk in eight is missing: before the change, after it, in the tree. */
const gone = fc.integer({ min: 0, max: 7 }).map((number) => number === 0);
const file = fc.record({
  old: text,
  change: edits,
  drift: edits,
  goneBefore: gone,
  goneAfter: gone,
  goneInTree: gone,
});
const trees = fc.record({
  files: fc.array(file, { minLength: 1, maxLength: 8 }),
  context: fc.constantFrom(0, 1, 2, 3, 3, 3),
  direction: fc.constantFrom<Direction>('reverse', 'reverse', 'forward'),
  drifts: fc.constantFrom<'old' | 'new'>('new', 'new', 'old'),
  form: fc.constantFrom<Form>('plain', 'plain', 'git', 'crlf'),
});

type Form = 'plain' | 'git' | 'crlf';

function makeDiff(work: string, context: number, form: Form): string {
  const command = form === 'git' ? 'git' : 'diff';
  const git = ['diff', '--no-index', '--no-prefix', '--no-renames', '--text', `-U${context}`, 'a', 'b'];
  const args = form === 'git' ? git : ['-rN', `-U${context}`, 'a', 'b'];
  const { stdout, error } = spawnSync(command, args, { cwd: work, encoding: 'latin1' });
  if (error !== undefined) throw error;
  return form === 'crlf' ? stdout.replaceAll('\n', '\r\n') : stdout;
}

function apply(
  content: string,
  changes: readonly { at: number; remove: number; insert: string[] }[],
): string {
  const lines = content.split('\n');
  for (const { at, remove, insert } of changes) lines.splice(at % (lines.length + 1), remove, ...insert);
  return lines.join('\n');
}

const RUNS = Number(process.env.AUFSWATCH_PATCH_RUNS ?? 60);

test('the matcher finds the same as patch, on small files with random drift', {
  skip: needs('patch', 'diff', 'git'),
}, () => {
  const base = temporaryDirectory();
  let run = 0;
  fc.assert(
    fc.property(trees, ({ files, context, direction, drifts, form }) => {
      const work = join(base, String(run++));
      for (const side of ['a', 'b', 'tree']) mkdirSync(join(work, side), { recursive: true });
      files.forEach(({ old, change, drift, goneBefore, goneAfter, goneInTree }, index) => {
        const changed = apply(old, change);
        const drifted = apply(drifts === 'new' ? changed : old, drift);
        if (!goneBefore) writeFileSync(join(work, 'a', `f${index}`), old);
        if (!goneAfter) writeFileSync(join(work, 'b', `f${index}`), changed);
        if (!goneInTree) writeFileSync(join(work, 'tree', `f${index}`), drifted);
      });
      const diff = makeDiff(work, context, form);
      if (!diff.includes('@@')) return;
      const patchFile = join(work, 'patch');
      writeFileSync(patchFile, diff, 'latin1');
      const parsed = parsePatch(diff);
      assert.ok(parsed.known, JSON.stringify(parsed));
      const tree = openTreeFiles(openRoot(work), '/tree');
      const ours = parsed.value.map((each) => {
        const found = dryRun(tree, each, direction);
        assert.ok(found.known);
        return found.value.hunks;
      });
      assert.deepEqual(ours, realDryRun(join(work, 'tree'), patchFile, direction));
    }),
    { numRuns: RUNS },
  );
});
