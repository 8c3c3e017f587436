import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, suite, test } from 'node:test';
import { HOUR, inSync, NEW_SET } from '../../src/demo/in-sync.ts';
import { writeMachine } from '../../src/demo/machine.ts';
import { aufsPackage } from '../../src/demo/packages.ts';
import { readPublished } from '../../src/published/read.ts';
import { mergePackage, patchTree } from '../support/demo/act-portage.ts';
import { aufswatch, type RunOptions } from '../support/program.ts';
import { temporaryDirectory } from '../support/temporary.ts';

const TREE = '/usr/src/linux-6.1.192-gentoo';
const NOBODY = 65_534;
const ORDINARY = process.getuid?.() === 0 ? false : 'needs root, to be another user';

suite('what status reports from the past', () => {
  const directory = temporaryDirectory();
  const root = join(directory, 'root');
  const state = join(root, 'var/lib/aufswatch');
  let opened = 0;

  before(() => {
    chmodSync(directory, 0o755);
    mkdirSync(root);
    const start = inSync(Date.now() - 6 * HOUR);
    writeMachine(root, start);
    assert.equal(aufswatch(['daemon', '--once', '--root', root]).status, 0);
    const at = Date.now() - HOUR;
    const kernel = start.running?.kernel;
    assert.ok(kernel !== undefined);
    const merged = mergePackage(root, start, aufsPackage(NEW_SET, kernel, at, 0));
    patchTree(root, merged, TREE, { ...NEW_SET, at: at - 1000, rejected: [], reverted: false });
    opened = Date.now();
    assert.equal(aufswatch(['daemon', '--once', '--root', root]).status, 0);
  });

  interface StatusJson {
    readonly findings: readonly { readonly code: string; readonly sinceMs: number | null }[];
    readonly links: readonly { readonly reason: string }[];
  }

  function statusJson(options: RunOptions = {}): StatusJson {
    return JSON.parse(aufswatch(['status', '--json', '--root', root], options).out);
  }

  function isKnown(options: RunOptions): void {
    const { out, error } = aufswatch(['status', '--root', root], options);
    assert.match(out, /kernel-not-rebuilt, since \d{4}-\d\d-\d\d \d\d:\d\d/, error);
    const { findings, links } = statusJson(options);
    assert.match(links[0]?.reason ?? '', /^patched .* by sys-fs\/aufs6-0_pre20240701$/);
    const since = findings.find(({ code }) => code === 'kernel-not-rebuilt')?.sinceMs ?? 0;
    assert.ok(since >= opened && since <= Date.now(), `since ${since}`);
  }

  test('root reads it from the ledger, and leaves no file there', () => {
    rmSync(join(root, 'run/aufswatch'), { recursive: true });
    const there = readdirSync(state).sort();
    isKnown({});
    assert.deepEqual(readdirSync(state).sort(), there);
    aufswatch(['daemon', '--once', '--root', root]);
  });

  test('a user who may not read the ledger reads it from status.json', { skip: ORDINARY }, () => {
    const env = { HOME: directory };
    assert.notEqual(aufswatch(['history', '--root', root], { uid: NOBODY, env }).status, 0);
    isKnown({ uid: NOBODY, env });
  });

  test('the facts are read again: a finding that was resolved since is not shown', () => {
    const isReported = (): boolean =>
      statusJson().findings.some(({ code }) => code === 'module-not-reloaded');
    assert.ok(isReported());
    rmSync(join(root, 'sys/module/aufs'), { recursive: true });
    assert.ok(!isReported());
  });

  test('check and plan report the same findings as status', () => {
    const title = aufswatch(['check', '--root', root]).out.trim();
    const [first] = aufswatch(['status', '--root', root]).out.split(/\nNext, in chroot: /);
    assert.equal(first?.replaceAll('\n', ' '), title);
  });

  test('with neither, status reports what it reads', { skip: ORDINARY }, () => {
    rmSync(join(root, 'run/aufswatch'), { recursive: true });
    const options = { uid: NOBODY, env: { HOME: directory } };
    const { findings: all, links } = statusJson(options);
    assert.ok(all.length > 0 && all.every(({ sinceMs }) => sinceMs === null));
    assert.doesNotMatch(links[0]?.reason ?? '', / by sys-fs/);
  });

  test('status works with a damaged ledger', () => {
    writeFileSync(join(state, 'ledger.sqlite3'), 'damaged\n'.repeat(1000));
    const { status, out, error } = aufswatch(['status', '--root', root]);
    assert.deepEqual({ status, error }, { status: 0, error: '' });
    assert.match(out, /kernel-not-rebuilt/);
  });
});

const FILE = { path: '/lib/modules/6.1.0/misc/a.ko', size: 3, mtimeMs: 4.5, hash: 'ab' };
const REHEARSED = {
  atMs: 1,
  kernel: { release: '6.1.0', utsVersion: '#1 SMP', image: { ...FILE, path: '/boot/vmlinuz' }, words: [] },
  module: 'a',
  file: FILE,
  needs: [],
  outcome: { is: 'refused', error: 'ENOEXEC', words: ['a: no'] },
};

test('a status.json of another form adds nothing, and a broken part of it is left out', () => {
  for (const text of ['', 'null', '[]', '{"schema":3,"heartbeatMs":1}', '{"schema":2}']) {
    assert.equal(readPublished(text), null);
  }
  const odd = {
    schema: 2,
    heartbeatMs: 5,
    findings: [{ code: 'a', subject: 'b', sinceMs: 3 }, { code: 1 }, null, 'x'],
    memory: {
      trees: { '/t': { patchChanged: { atMs: 1, cause: { cpv: 7 } }, patchLost: 'x' }, '/u': null },
      rehearsals: [
        REHEARSED,
        { ...REHEARSED, file: { path: 5 } },
        { ...REHEARSED, outcome: { is: 'x' } },
        null,
      ],
      self: [{ code: 'watch-degraded', places: 'x' }, { code: 'ledger-recovered', atMs: 1, movedTo: 'y' }, 5],
    },
  };
  const read = readPublished(JSON.stringify(odd));
  assert.deepEqual([...(read?.since ?? [])], [['a b', 3]]);
  assert.deepEqual(read?.memory, {
    trees: {
      '/t': { patchChanged: { atMs: 1, cause: null }, patchLost: null },
      '/u': { patchChanged: null, patchLost: null },
    },
    rehearsals: [REHEARSED],
    pinned: null,
    self: [{ code: 'ledger-recovered', atMs: 1, movedTo: 'y' }],
  });
});
