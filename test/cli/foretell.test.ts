import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { emergeWords } from '../../src/cli/emerge-words.ts';
import { inSync } from '../../src/demo/in-sync.ts';
import { writeMachine } from '../../src/demo/machine.ts';
import { askEmerge } from '../../src/system/portage/ask-emerge.ts';
import { MERGES_MAX, parseMergeList } from '../../src/system/portage/merge-list.ts';
import { PROGRAM } from '../support/program.ts';
import { temporaryDirectory } from '../support/temporary.ts';

const root = join(temporaryDirectory(), 'root');
writeMachine(root, inSync(Date.now()));

function foretell(list: string, ...words: readonly string[]) {
  const done = spawnSync(process.execPath, [PROGRAM, 'foretell', '--root', root, ...words], {
    input: list,
    encoding: 'utf8',
    timeout: 60_000,
  });
  return { status: done.status, out: done.stdout, error: done.stderr };
}

test('a list on standard input gives the state before, the state after, and the plan that would follow', () => {
  const { status, out } = foretell('sys-kernel/gentoo-sources-6.1.192\n', '-');
  assert.equal(status, 1, 'a warning, as for check');
  assert.match(out, /^1 package would be merged\. Of these:\n/);
  assert.match(out, /\nBefore: All in sync\.\nAfter: {2}\S/);
  assert.match(out, /\nNew then:\n {2}warning: [\s\S]*\(patch-reverted\)/);
  assert.match(out, /\nTo do after it:\n[\s\S]*1\. {2}emerge --oneshot sys-fs\/aufs6\n/);
});

test('a list that changes nothing gives one line', () => {
  const { status, out } = foretell('app-misc/hello-2.12.2\n', '-');
  assert.equal(
    out,
    '1 package would be merged; nothing of it changes the five links.\n\nBefore and after: All in sync.\n',
  );
  assert.equal(status, 0);
});

test('a list without packages is refused, and so is an atom for another root', () => {
  assert.deepEqual(foretell('nothing to see\n', '-'), {
    status: 3,
    out: '',
    error: 'aufswatch: standard input names no package; it takes what emerge --pretend prints\n',
  });
  assert.match(foretell('', '@world').error, /^aufswatch: emerge reads only the system that it runs on/);
});

test('a list that is too long is refused at once', () => {
  const kernels = Array.from({ length: 300 }, (_, index) => `sys-kernel/gentoo-sources-6.1.${index}`);
  assert.match(
    foretell(kernels.join('\n'), '-').error,
    /more than 256 packages of kernels, modules and AUFS/,
  );
  const all = Array.from({ length: 400_000 }, (_, index) => `a/b-${index}`).join(' ');
  const { merges } = parseMergeList(all.replaceAll(/((?:\S+ ){1000})/g, 'All selected packages: $1\n'));
  assert.ok(merges.length > MERGES_MAX && merges.length < MERGES_MAX + 2000);
});

test('emerge receives atoms, sets, and only options that change nothing', () => {
  const update = ['--update', '--deep', '--newuse'];
  assert.deepEqual(emergeWords(['@world']), { ok: true, words: [...update, '@world'] });
  assert.deepEqual(emergeWords(['-uDN', '@world']), { ok: true, words: ['-uDN', '@world'] });
  const atom = '>=sys-kernel/gentoo-sources-6.1:6.1.192::gentoo[symlink,-build]';
  assert.deepEqual(emergeWords([atom]), { ok: true, words: [atom] });
  for (const word of [
    '--sync',
    '--config',
    '-a',
    '-uDa',
    './evil.ebuild',
    'evil.ebuild',
    '/x.ebuild',
    '$(id)',
    '',
    '--root=/',
  ])
    assert.equal(emergeWords([word]).ok, false, word);
});

test('an emerge that does not answer in time is killed', async () => {
  const command = join(temporaryDirectory(), 'emerge');
  writeFileSync(command, '#!/bin/sh\nexec sleep 60\n');
  chmodSync(command, 0o755);
  const answer = await askEmerge({ words: ['@world'], command, timeout: 200, env: process.env });
  assert.deepEqual(answer, { ok: false, message: 'emerge took longer than 0 s; see --timeout' });
  const none = await askEmerge({ words: [], command: `${command}-2`, timeout: 1000, env: process.env });
  assert.deepEqual(none, { ok: false, message: `there is no ${command}-2 on this system` });
});
