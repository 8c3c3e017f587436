import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { inSync, OLD_SET } from '../../src/demo/in-sync.ts';
import { writeMachine } from '../../src/demo/machine.ts';
import { TOUCHED } from '../../src/demo/patch-set.ts';
import { patchText, sourceText } from '../../src/demo/source-text.ts';
import { SCENARIOS } from '../support/demo/scenarios.ts';
import { temporaryDirectory } from '../support/temporary.ts';
import { needs } from '../support/tools.ts';

const NOW = Date.UTC(2026, 10, 23, 9);
const PARTS = OLD_SET.parts;

function tree(machine: ReturnType<typeof inSync>): string {
  const root = join(temporaryDirectory(), 'root');
  writeMachine(root, machine);
  return join(root, 'usr/src/linux-6.1.192-gentoo');
}

function unpatched(): ReturnType<typeof inSync> {
  const machine = inSync(NOW);
  return { ...machine, trees: machine.trees.map((each) => ({ ...each, patch: null })) };
}

function patch(
  directory: string,
  text: string,
  ...args: string[]
): { status: number | null; output: string } {
  const done = spawnSync('patch', ['-p1', '--force', ...args], {
    cwd: directory,
    input: text,
    encoding: 'utf8',
  });
  return { status: done.status, output: done.stdout };
}

test('patch -R finds every component of the set in a patched tree', { skip: needs('patch') }, () => {
  const patched = tree(inSync(NOW));
  for (const part of PARTS) {
    const { status, output } = patch(patched, patchText(part), '-R', '--dry-run');
    assert.equal(status, 0, output);
  }
  assert.equal(patch(patched, patchText('kbuild'), '-R', '--dry-run').status, 1);
});

test('patch makes the unpatched tree equal to the patched one', {
  skip: needs('patch'),
}, () => {
  const directory = tree(unpatched());
  for (const part of PARTS) assert.equal(patch(directory, patchText(part)).status, 0);
  for (const { path } of TOUCHED) {
    assert.equal(readFileSync(join(directory, path), 'utf8'), sourceText(path, PARTS), path);
  }
});

test('sources that were merged again fail the reverse dry run, and keep files that no package owns', {
  skip: needs('patch'),
}, () => {
  const directory = tree(SCENARIOS.unpatched(NOW));
  for (const part of PARTS)
    assert.equal(patch(directory, patchText(part), '-R', '--dry-run').status, 1, part);
  assert.equal(existsSync(join(directory, 'mm/prfile.c')), true);
  assert.equal(readFileSync(join(directory, 'fs/splice.c'), 'utf8').includes('EXPORT_SYMBOL'), false);
});

test('a rejected hunk leaves the file unchanged and a .rej that patch itself can apply', {
  skip: needs('patch'),
}, () => {
  const directory = tree(SCENARIOS['half-patched'](NOW));
  const reject = readFileSync(join(directory, 'mm/mmap.c.rej'), 'utf8');
  const { status, output } = patch(directory, patchText('mmap'), '-R', '--dry-run');
  assert.equal(status, 1);
  assert.match(output, /checking file mm\/mmap\.c\nHunk #1 FAILED/);
  assert.equal(patch(directory, reject, '-p0', '--dry-run').status, 0);
});
