import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { openRoot } from '../../../src/system/root.ts';
import type { Direction } from '../../../src/system/sources/hunk-match.ts';
import { parsePatch } from '../../../src/system/sources/patch-file.ts';
import { dryRun } from '../../../src/system/sources/proof.ts';
import { openTreeFiles } from '../../../src/system/sources/tree-files.ts';
import { debianSources, SOURCE_ARCHIVE } from '../../support/debian.ts';
import { temporaryDirectory } from '../../support/temporary.ts';
import { needs } from '../../support/tools.ts';
import { realDryRun } from './real-patch.ts';

const FILES = [
  'fs/Kconfig',
  'fs/Makefile',
  'fs/fcntl.c',
  'fs/namespace.c',
  'fs/splice.c',
  'include/linux/fs.h',
  'include/linux/mm.h',
  'mm/mmap.c',
];
/**
 * Changes like those of the AUFS patches: a static function is exported, a call is renamed, lines are added and
 * removed.
 */
const EDITS: Readonly<Record<string, (text: string) => string>> = {
  'fs/Kconfig': (text) => `${text}source "fs/aufs/Kconfig"\n`,
  'fs/Makefile': (text) => text.replace(/\n/, '\n# aufs\n'),
  'fs/fcntl.c': (text) => text.replace('static int setfl(', 'int setfl('),
  'fs/namespace.c': (text) => text.replaceAll('EXPORT_SYMBOL_GPL', 'EXPORT_SYMBOL'),
  'fs/splice.c': (text) => text.replaceAll(/^static long do_splice/gm, 'long do_splice'),
  'include/linux/fs.h': (text) =>
    text.replace('struct file_operations {', 'struct file_operations { /* aufs */'),
  'include/linux/mm.h': (text) => text.replace('#endif /* __KERNEL__ */', '').replace(/^#include.*\n/m, ''),
  'mm/mmap.c': (text) => text.replaceAll('fput(vma->vm_file)', 'vma_fput(vma)'),
};
/** Other changes of the tree: other patches, and one that was applied by half. */
const DRIFTS: Readonly<Record<string, (text: string) => string>> = {
  'as it is': (text) => text,
  'lines above': (text) => `/* one */\n/* two */\n${text}`,
  'lines gone': (text) => text.split('\n').slice(3).join('\n'),
  'every 40th line another': (text) =>
    text
      .split('\n')
      .map((line, index) => (index % 40 === 7 ? `${line} ` : line))
      .join('\n'),
  CRLF: (text) => text.replaceAll('\n', '\r\n'),
};
const skip = needs('patch', 'diff', 'tar', 'xz', SOURCE_ARCHIVE);

test('on Debian’s kernel sources each hunk is found as patch finds it: patched, unpatched and half', {
  skip,
  timeout: 900_000,
}, () => {
  const work = temporaryDirectory();
  cpSync(debianSources(FILES), join(work, 'a'), { recursive: true });
  cpSync(join(work, 'a'), join(work, 'b'), { recursive: true });
  for (const [file, edit] of Object.entries(EDITS)) change(join(work, 'b', file), edit);
  writeFileSync(join(work, 'b/mm/prfile.c'), 'int prfile;\n');
  const { stdout } = spawnSync('diff', ['-urN', 'a', 'b'], { cwd: work, encoding: 'latin1' });
  const patch = join(work, 'aufs.patch');
  writeFileSync(patch, stdout, 'latin1');
  for (const file of FILES) assert.ok(stdout.includes(`+++ b/${file}`), file);

  let hunks = 0;
  for (const start of ['a', 'b'] as const) {
    for (const [what, drift] of Object.entries(DRIFTS)) {
      const tree = join(work, 'tree');
      cpSync(join(work, start), tree, { recursive: true });
      for (const file of FILES) change(join(tree, file), drift);
      hunks += compare(work, patch, `${start}, ${what}`);
      // One file is in the other state: a patch that was interrupted, or a package merged again over it.
      const other = start === 'a' ? 'b' : 'a';
      cpSync(join(work, other, 'fs/splice.c'), join(tree, 'fs/splice.c'));
      rmSync(join(tree, 'fs/Makefile'));
      hunks += compare(work, patch, `${start}, ${what}, by halves`);
      rmSync(tree, { recursive: true });
    }
  }
  assert.ok(hunks > 400, `${hunks} hunks were compared`);
});

test('a patch that patch(1) applied is proved hunk by hunk, and one that it reversed is absent', {
  skip,
  timeout: 900_000,
}, () => {
  const work = temporaryDirectory();
  cpSync(debianSources(FILES), join(work, 'a'), { recursive: true });
  cpSync(join(work, 'a'), join(work, 'b'), { recursive: true });
  for (const [file, edit] of Object.entries(EDITS)) change(join(work, 'b', file), edit);
  const { stdout } = spawnSync('diff', ['-urN', 'a', 'b'], { cwd: work, encoding: 'latin1' });
  writeFileSync(join(work, 'aufs.patch'), stdout, 'latin1');
  cpSync(join(work, 'a'), join(work, 'tree'), { recursive: true });
  const inTree = (): boolean[] =>
    ours(work, stdout, 'reverse').flatMap((file) => file.map(({ applies }) => applies));
  const run = (...words: string[]): unknown =>
    execFileSync('patch', ['-p1', '--force', '--silent', '-i', '../aufs.patch', ...words], {
      cwd: join(work, 'tree'),
    });
  assert.ok(inTree().every((applies) => !applies));
  run();
  assert.ok(inTree().every((applies) => applies));
  run('-R');
  assert.ok(inTree().every((applies) => !applies));
});

/** Compares both directions; returns the number of hunks. */
function compare(work: string, patch: string, what: string): number {
  const text = readFileSync(patch, 'latin1');
  let count = 0;
  for (const direction of ['reverse', 'forward'] as const) {
    const found = ours(work, text, direction);
    assert.deepEqual(found, realDryRun(join(work, 'tree'), patch, direction), `${what}, ${direction}`);
    count += found.flat().length;
  }
  return count;
}

function ours(work: string, patch: string, direction: Direction) {
  const parsed = parsePatch(patch);
  assert.ok(parsed.known, JSON.stringify(parsed));
  const files = openTreeFiles(openRoot(work), '/tree');
  return parsed.value.map((diff) => {
    const found = dryRun(files, diff, direction);
    assert.ok(found.known);
    return found.value.hunks;
  });
}

function change(path: string, edit: (text: string) => string): void {
  writeFileSync(path, edit(readFileSync(path, 'latin1')), 'latin1');
}
