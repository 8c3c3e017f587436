import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { inSync } from '../../src/demo/in-sync.ts';
import { writeMachine } from '../../src/demo/machine.ts';
import { patchedAgainNotRebuilt } from '../../src/demo/story.ts';
import { readStatus } from '../support/daemon.ts';
import { type Answer, aufswatch, IN_MODULES, PROGRAM } from '../support/program.ts';
import { temporaryDirectory } from '../support/temporary.ts';

const directory = temporaryDirectory();
const NOBODY = { status: 3, out: 'aufs: ? (no daemon)\n', error: '' };

interface Followed {
  readonly status: string;
  line(env?: NodeJS.ProcessEnv, program?: string): Answer;
}

/** The machines of this test, and what the daemon published there. */
const laidOut = new Map<typeof inSync, { readonly root: string; readonly published: string }>();

/** A machine that the daemon has just scanned. A test may change only its status.json: the next test uses the rest. */
function followed(machine: typeof inSync): Followed {
  const { root, published } = laidOut.get(machine) ?? layOutFollowed(machine);
  const status = statusOf(root);
  rmSync(status, { recursive: true, force: true });
  writeFileSync(status, JSON.stringify({ ...JSON.parse(published), heartbeatMs: Date.now() }));
  return {
    status,
    line: (env = {}, program = PROGRAM) => aufswatch(['status', '--line', '--root', root], { env, program }),
  };
}

function layOutFollowed(machine: typeof inSync) {
  const root = join(directory, `${laidOut.size}`);
  mkdirSync(root);
  writeMachine(root, machine(Date.now()));
  assert.equal(aufswatch(['daemon', '--once', '--root', root]).status, 0);
  const made = { root, published: readFileSync(statusOf(root), 'utf8') };
  laidOut.set(machine, made);
  return made;
}

function statusOf(root: string): string {
  return join(root, 'run/aufswatch/status.json');
}

test('the worst finding in one line, with the exit status of check', () => {
  const { line } = followed(patchedAgainNotRebuilt);
  const { status, out, error } = line();
  assert.equal(status, 2);
  assert.match(out, /^aufs: !! Next boot: no AUFS \(\+\d+\)\n$/);
  assert.equal(error, '');
});

test('nothing if all is well', () => {
  assert.deepEqual(followed(inSync).line(), { status: 0, out: '', error: '' });
});

test('an acknowledged finding is not printed', () => {
  const { status, line } = followed(patchedAgainNotRebuilt);
  const published = readStatus(status);
  assert.ok(published !== null);
  const findings = published.findings.map((finding) => ({
    ...finding,
    acknowledgedUntilMs: Date.now() + 60_000,
  }));
  writeFileSync(status, JSON.stringify({ ...published, findings }));
  assert.deepEqual(line(), { status: 0, out: '', error: '' });
});

test('a daemon that wrote nothing for more than three minutes counts as not running', () => {
  const { status, line } = followed(patchedAgainNotRebuilt);
  const published = readStatus(status);
  writeFileSync(status, JSON.stringify({ ...published, heartbeatMs: Date.now() - 181_000 }));
  assert.deepEqual(line(), NOBODY);
  writeFileSync(status, JSON.stringify({ ...published, heartbeatMs: Date.now() - 100_000 }));
  assert.equal(line().status, 2);
});

test('a file that is missing, cut off, huge, of another form, a directory or a FIFO: no daemon to report', () => {
  const { status, line } = followed(patchedAgainNotRebuilt);
  const whole = readFileSync(status, 'utf8');
  const damages: Readonly<Record<string, () => void>> = {
    half: () => writeFileSync(status, whole.slice(0, whole.length / 2)),
    empty: () => writeFileSync(status, ''),
    'not UTF-8': () => writeFileSync(status, Buffer.from([0xff, 0xfe, 0x00])),
    'of a later version': () => writeFileSync(status, JSON.stringify({ schema: 99 })),
    list: () => writeFileSync(status, '[1]'),
    huge: () => truncateSync(status, 64 * 1024 * 1024 * 1024),
    absent: () => rmSync(status),
    directory: () => mkdirSync(status),
    FIFO: () => {
      rmSync(status, { recursive: true });
      assert.equal(spawnSync('mkfifo', [status]).status, 0);
    },
  };
  for (const [what, damage] of Object.entries(damages)) {
    damage();
    assert.deepEqual(line(), NOBODY, what);
  }
});

test('control characters in a title do not reach the terminal', () => {
  const { status, line } = followed(patchedAgainNotRebuilt);
  const published = readStatus(status);
  const findings = published?.findings.map((finding) => ({
    ...finding,
    code: 'of-a-newer-version',
    title: 'x\u001b[31mé\u0007',
  }));
  writeFileSync(status, JSON.stringify({ ...published, findings }));
  assert.match(line().out, /^aufs: !! x\\x1b\[31mé\\x07 /);
  assert.match(line({ LC_ALL: 'C' }).out, /^aufs: !! x\\x1b\[31m\?\\x07 /);
});

test('it loads neither the parser of the command line nor any reader of the machine', () => {
  const { line } = followed(inSync);
  const { error } = line({ NODE_DEBUG: 'esm' }, IN_MODULES);
  assert.match(error, /status-line\.js/);
  assert.doesNotMatch(error, /commander|read-snapshot|better-sqlite3|zod/);
});

test('the line is the same with other options', () => {
  const { status } = followed(patchedAgainNotRebuilt);
  const root = status.slice(0, -'/run/aufswatch/status.json'.length);
  const { status: exit, out } = aufswatch(['status', '--root', root, '--line', '--debug']);
  assert.equal(exit, 2);
  assert.match(out, /^aufs: !! /);
});
