import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { DEFAULT_SETTINGS } from '../../src/config/settings.ts';
import { runDaemon } from '../../src/daemon/daemon.ts';
import type { Log } from '../../src/daemon/log.ts';
import { inSync } from '../../src/demo/in-sync.ts';
import { writeMachine } from '../../src/demo/machine.ts';
import { readStatus } from '../support/daemon.ts';
import { PROGRAM } from '../support/program.ts';
import { temporaryDirectory } from '../support/temporary.ts';
import { until } from '../support/wait.ts';

const HOUR = 3_600_000;

test('a change is noticed even if the clock goes back an hour at each reading', async () => {
  const directory = temporaryDirectory();
  const root = join(directory, 'root');
  mkdirSync(root);
  writeMachine(root, inSync(Date.now()));
  const failures: string[] = [];
  const failed = (first: unknown, second?: unknown): void => void failures.push(String(second ?? first));
  const quiet = (): void => {};
  const log: Log = { level: 'info', debug: quiet, info: quiet, warn: quiet, error: failed };
  const abort = new AbortController();
  let readings = 0;
  const runtime = join(directory, 'run');
  const settings = { value: { ...DEFAULT_SETTINGS, settle: { quietMs: 20, longestMs: 5000 } }, from: null };
  const ended = runDaemon({
    root,
    paths: { state: join(directory, 'state'), runtime, refused: null },
    settings,
    readSettings: () => ({ ok: true, ...settings }),
    manager: {
      ready: quiet,
      status: quiet,
      alive: quiet,
      stopping: async () => {},
      aliveEvery: null,
    },
    log,
    program: [process.execPath, PROGRAM],
    rehearseCommand: ['false'],
    now: () => Date.now() - HOUR * readings++,
    once: false,
    tidy: quiet,
    signal: abort.signal,
    onRequest: quiet,
  });
  const takenAt = (): number => readStatus(join(runtime, 'status.json'))?.takenAtMs ?? 0;
  await until('it runs', () => takenAt() > 0);
  // New places are scanned once more. When the first of these scans is over, the watches are in place.
  const first = takenAt();
  await until('its first scans are over', () => takenAt() !== first);
  const before = takenAt();
  writeFileSync(join(root, 'boot/something'), '');
  await until('it scans again', () => takenAt() !== before);
  abort.abort();
  assert.equal(await ended, 0);
  assert.deepEqual(failures, []);
});
