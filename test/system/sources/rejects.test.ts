import assert from 'node:assert/strict';
import { test } from 'node:test';
import { known, unknown } from '../../../src/model/fact.ts';
import { parsePatch } from '../../../src/system/sources/patch-file.ts';
import type { PatchAtHand } from '../../../src/system/sources/patch-files.ts';
import { readRejects } from '../../../src/system/sources/rejects.ts';
import { NOW } from '../../support/machines.ts';

const PATH = 'mm/mmap.c';
const PLAIN = 'int unmap(void)\n{\n\tfput(vma->vm_file);\n\treturn 0;\n}\n';
const PATCHED = PLAIN.replace('fput(vma->vm_file)', 'vma_fput(vma)');
const FORWARD = `--- ${PATH}
+++ ${PATH}
@@ -1,5 +1,5 @@
 int unmap(void)
 {
-\tfput(vma->vm_file);
+\tvma_fput(vma);
 \treturn 0;
 }
`;
const REVERSE = FORWARD.replace(/^-\t(.*)\n\+\t(.*)$/m, '-\t$2\n+\t$1');
const MARKS = [
  {
    component: 'mmap',
    path: PATH,
    sure: true,
    marks: [{ kind: 'name', name: 'vma_fput', instead: null, sure: true }],
  },
] as const;

/** What a reject proves beside a file. */
function stateOf(
  file: string | null,
  reject: string,
  mergedAt: number | null = null,
  patches: readonly PatchAtHand[] = [],
): string {
  const texts = new Map([[`${PATH}.rej`, reject], ...(file === null ? [] : [[PATH, file] as const])]);
  const files = {
    has: (path: string) => texts.has(path),
    read: (path: string) => {
      const text = texts.get(path);
      if (text === undefined) return unknown('missing', path);
      return known({ bytes: Buffer.from(text), mtime: NOW });
    },
  };
  const [found, ...more] = readRejects(files, [PATH], { touched: MARKS, patches, mergedAt });
  assert.equal(more.length, 0);
  return found?.state ?? 'none';
}

test('a hunk that is not in the file is open, whether it would fit now or not', () => {
  assert.equal(stateOf(PLAIN, FORWARD), 'open');
  assert.equal(stateOf('int other;\n', FORWARD), 'open');
  assert.equal(stateOf(null, FORWARD), 'open');
});

test('a hunk that was applied since, also by hand in another place, is not open', () => {
  assert.equal(stateOf(PATCHED, FORWARD), 'in-the-file');
  const byHand = 'int unmap(struct mas *mas)\n{\n\tlock();\n\tif (vma)\n\t\tvma_fput(vma);\n}\n';
  assert.equal(stateOf(byHand, FORWARD), 'in-the-file');
});

test('rejects of an attempt to reverse the patch prove nothing, on a plain and on a patched tree', () => {
  assert.equal(stateOf(PLAIN, REVERSE), 'reverse-attempt');
  assert.equal(stateOf(PATCHED, REVERSE), 'reverse-attempt');
  assert.equal(stateOf('int other;\n', REVERSE), 'reverse-attempt');
});

test('an empty reject has no hunk; one that is no patch is unknown', () => {
  assert.equal(stateOf(PLAIN, ''), 'empty');
  assert.equal(stateOf(PLAIN, 'something else\n'), 'unreadable');
});

test('a reject from before a merge of the sources is about files that are gone', () => {
  assert.equal(stateOf(PLAIN, FORWARD, NOW + 1), 'older');
  assert.equal(stateOf(PLAIN, FORWARD, NOW - 1), 'open');
});

test('a reject of git apply --reject is read as well', () => {
  const ofGit = FORWARD.replace(/^---.*\n\+\+\+.*\n/, `diff a/${PATH} b/${PATH}\t(rejected hunks)\n`);
  assert.equal(stateOf(PLAIN, ofGit), 'open');
  assert.equal(stateOf(PATCHED, ofGit), 'in-the-file');
});

test('an equal line that another hunk of the patch added does not count for this one', () => {
  const hunk = (first: number, name: string): string => {
    const [before, after] = ['a', 'b'].map((side) =>
      [1, 2, 3].map((line) => ` ${name}${side}${line}\n`).join(''),
    );
    return `@@ -${first},7 +${first},7 @@\n${before}-\tfput(file);\n+\tvma_fput(vma);\n${after}`;
  };
  const reject = `--- ${PATH}\n+++ ${PATH}\n${hunk(1, 'one')}`;
  const diffs = parsePatch(`${reject.replaceAll(PATH, `a/${PATH}`)}${hunk(20, 'two')}`);
  assert.ok(diffs.known);
  const patch = {
    path: '/p',
    component: 'mmap',
    titled: ['mmap'],
    branch: '6.1',
    diffs: diffs.value,
  } as const;
  const half = 'int other;\n\tvma_fput(vma);\nint more;\n';
  assert.equal(stateOf(half, reject, null, [patch]), 'open');
  assert.equal(stateOf(`${half}\t\tvma_fput(vma);\n`, reject, null, [patch]), 'in-the-file');
});
