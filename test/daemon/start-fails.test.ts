import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { DEFAULT_SETTINGS } from '../../src/config/settings.ts';
import { type DaemonOptions, runDaemon } from '../../src/daemon/daemon.ts';
import { takeInstanceLock } from '../../src/daemon/instance-lock.ts';
import type { Log } from '../../src/daemon/log.ts';
import { inSync } from '../../src/demo/in-sync.ts';
import { writeMachine } from '../../src/demo/machine.ts';
import { PROGRAM } from '../support/program.ts';
import { temporaryDirectory } from '../support/temporary.ts';
import { until } from '../support/wait.ts';

const quiet = (): void => {};
const LOG: Log = { level: 'info', debug: quiet, info: quiet, warn: quiet, error: quiet };
const MANAGER: DaemonOptions['manager'] = {
  ready: quiet,
  status: quiet,
  alive: quiet,
  stopping: async () => {},
  aliveEvery: null,
};

function fail(): never {
  throw new Error('the start fails here');
}

/** A daemon of which one part fails to start, the first of them early and the last of them late. */
const FAILURES: Readonly<Record<string, (options: DaemonOptions) => DaemonOptions>> = {
  'the memory': (options) => ({ ...options, now: fail }),
  'the readiness': (options) => ({ ...options, manager: { ...MANAGER, ready: fail } }),
  'the second schedule': (options) => {
    const schedule = { ...DEFAULT_SETTINGS.schedule, nightly: 'no line of crontab(5)' };
    return { ...options, settings: { value: { ...DEFAULT_SETTINGS, schedule }, from: null } };
  },
};

for (const [what, broken] of Object.entries(FAILURES)) {
  test(`if ${what} fails to start, everything that was started before is closed`, async () => {
    const directory = temporaryDirectory();
    const root = join(directory, 'root');
    mkdirSync(root);
    writeMachine(root, inSync(Date.now()));
    const state = join(directory, 'state');
    const settings = { value: DEFAULT_SETTINGS, from: null };
    const before = process.getActiveResourcesInfo().toSorted();
    const options: DaemonOptions = {
      root,
      paths: { state, runtime: join(directory, 'run'), refused: null },
      settings,
      readSettings: () => ({ ok: true, ...settings }),
      manager: MANAGER,
      log: LOG,
      program: [process.execPath, PROGRAM],
      rehearseCommand: ['false'],
      now: () => Date.now(),
      once: false,
      tidy: quiet,
      signal: new AbortController().signal,
      onRequest: quiet,
    };
    await assert.rejects(runDaemon(broken(options)), /the start fails here|cron|pattern|invalid/i);
    const lock = takeInstanceLock(join(state, 'daemon.lock'));
    assert.equal(lock?.failure(), null, 'the lock is free');
    lock?.release();
    // A closed handle disappears in the next turn of the event loop.
    const left = (): string[] => leftOver(process.getActiveResourcesInfo(), before);
    await until('nothing is left', () => left().length === 0).catch(() => assert.deepEqual(left(), []));
  });
}

/** Resources that keep a process alive and did not exist before. */
function leftOver(now: readonly string[], before: readonly string[]): string[] {
  const left = [...before];
  return now.filter((name) => {
    const at = left.indexOf(name);
    if (at >= 0) left.splice(at, 1);
    return at < 0;
  });
}
