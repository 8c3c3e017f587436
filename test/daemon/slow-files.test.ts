import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { SCANS } from '../../src/daemon/helper-words.ts';
import type { ScanRequest } from '../../src/daemon/scan/request.ts';
import { createScanner } from '../../src/daemon/scan/scanner.ts';
import { inSync } from '../../src/demo/in-sync.ts';
import { writeMachine } from '../../src/demo/machine.ts';
import { DEFAULT_PREFERENCES } from '../../src/model/preferences.ts';
import { SNAPSHOT_SCHEMA } from '../../src/model/snapshot.ts';
import { readStatus, startDaemon } from '../support/daemon.ts';
import { aufswatch, PROGRAM } from '../support/program.ts';
import { needsFuse, type SlowFiles, slowFiles } from '../support/slow-files.ts';
import { endBeforeRemoval, temporaryDirectory } from '../support/temporary.ts';
import { until } from '../support/wait.ts';

const SKIP = needsFuse();
/** Generous. If the daemon scanned in its own process, a stop would take minutes or forever. ms */
const SOON = 5000;

async function slowMachine(): Promise<SlowFiles> {
  const root = join(temporaryDirectory(), 'root');
  mkdirSync(root);
  writeMachine(root, inSync(Date.now()));
  return slowFiles(root);
}

for (const time of [20, 'never'] as const) {
  test(`SIGTERM ends the daemon if file system calls are answered after ${time} ms`, {
    skip: SKIP,
  }, async () => {
    const files = await slowMachine();
    const state = temporaryDirectory();
    const daemon = startDaemon(files.directory, { state, runtime: join(state, 'run') });
    await daemon.publishes('it runs', ({ pid }) => pid === daemon.pid, 60_000);
    const before = daemon.published()?.takenAtMs ?? 0;
    files.answersAfter(time);
    daemon.signal('SIGUSR1');
    await new Promise((resolve) => setTimeout(resolve, 500));
    assert.equal(daemon.published()?.takenAtMs, before, 'it is in the middle of a scan');
    let exit: unknown = null;
    void daemon.ended.then((status) => {
      exit = status;
    });
    daemon.signal('SIGTERM');
    await until('it has ended', () => exit !== null, SOON);
    assert.equal(exit, 0, JSON.stringify(daemon.log()));
    files.answersAfter(0);
  });
}

test('SIGTERM ends a daemon whose root never answers; the next one scans once the root answers', {
  skip: SKIP,
}, async () => {
  const files = await slowMachine();
  const state = temporaryDirectory();
  const runtime = join(state, 'run');
  // Not with startDaemon(), which reads the root itself.
  const start = () => {
    const env = { PATH: process.env.PATH, STATE_DIRECTORY: state, RUNTIME_DIRECTORY: runtime };
    const words = [PROGRAM, 'daemon', '--root', files.directory];
    const child = spawn(process.execPath, words, { env, stdio: 'ignore' });
    endBeforeRemoval(() => child.kill('SIGKILL'));
    return child;
  };
  files.answersAfter('never');
  const first = start();
  await new Promise((resolve) => setTimeout(resolve, 1500));
  first.kill('SIGTERM');
  await until('it has ended', () => first.exitCode !== null || first.signalCode !== null, SOON);
  const second = start();
  await new Promise((resolve) => setTimeout(resolve, 500));
  files.answersAfter(0);
  const scans = (): boolean => readStatus(join(runtime, 'status.json'))?.pid === second.pid;
  await until('it scans', scans, 60_000);
  second.kill('SIGTERM');
});

test('a scan that hangs is given up with the path; no second one starts, and its end is reported', {
  skip: SKIP,
}, async () => {
  const files = await slowMachine();
  const reported: string[] = [];
  const scanner = createScanner({
    command: [process.execPath, PROGRAM, SCANS],
    progress: () => {},
    answered: () => reported.push('answered'),
    silence: 2000,
  });
  const request: ScanRequest = {
    form: SNAPSHOT_SCHEMA,
    root: files.directory,
    preferences: DEFAULT_PREFERENCES,
    takenAt: Date.now(),
    hashes: [],
    rests: { file: join(temporaryDirectory(), 'rests'), earlier: null },
    earlier: null,
  };
  assert.equal((await scanner.scan(request)).outcome, 'seen');
  files.answersAfter('never');
  const stuck = await scanner.scan(request);
  assert.ok(stuck.outcome === 'no-answer', stuck.outcome);
  assert.equal(stuck.path?.startsWith(files.directory), true, stuck.path ?? 'no path');
  assert.equal((await scanner.scan(request)).outcome, 'no-answer');
  assert.deepEqual(reported, []);
  files.answersAfter(0);
  await until('its end is reported', () => reported.length === 1);
  assert.equal((await scanner.scan(request)).outcome, 'seen');
  scanner.close();
  assert.equal((await scanner.scan(request)).outcome, 'stopped');
});

test('status says which path does not answer', { skip: SKIP }, async () => {
  const files = await slowMachine();
  assert.equal(aufswatch(['status', '--root', files.directory]).status, 0);
  files.answersAfter('never');
  const { status, out, error } = aufswatch(['status', '--root', files.directory]);
  assert.equal(status, 1, out);
  assert.ok(error.includes(`aufswatch: ${files.directory}`), error);
  assert.match(error, /has not answered for \d+ s/);
  files.answersAfter(0);
});
