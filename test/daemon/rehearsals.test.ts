import assert from 'node:assert/strict';
import { existsSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, suite, test } from 'node:test';
import { pino } from 'pino';
import { DEFAULT_SETTINGS, type Settings } from '../../src/config/settings.ts';
import { createRehearsals, type Rehearsals } from '../../src/daemon/rehearsals.ts';
import { layOutDemo } from '../../src/demo/lay-out-demo.ts';
import { NO_MEMORY } from '../../src/model/memory.ts';
import type { Snapshot } from '../../src/model/snapshot.ts';
import { read } from '../support/machines.ts';
import { temporaryDirectory } from '../support/temporary.ts';
import { until } from '../support/wait.ts';

const NEVER = DEFAULT_SETTINGS;
const ALWAYS: Settings = { ...NEVER, rehearsal: { when: 'after-install' } };
const IDLE = { busy: false, memory: NO_MEMORY };

suite('the daemon rehearses the kernel that boots next', () => {
  const directory = temporaryDirectory();
  let count = 0;
  let recordings = 0;
  let ran = '';

  beforeEach(() => {
    recordings = 0;
    ran = join(directory, `ran-${count++}`);
  });

  /** Stands in for the rehearsal: adds a line to a file, and exits with this status. */
  function rehearsals(settings: Settings, status = 0): Rehearsals {
    writeFileSync(ran, '');
    return createRehearsals({
      command: ['bash', '-c', `echo held >>'${ran}'; exit ${status}`],
      settings: () => settings,
      log: pino({ level: 'silent' }),
      recorded: () => {
        recordings++;
      },
    });
  }

  function times(): number {
    return existsSync(ran) ? readFileSync(ran, 'utf8').split('\n').length - 1 : 0;
  }

  async function demo(change: (root: string) => void = () => {}): Promise<Snapshot> {
    const root = join(directory, `root-${count++}`);
    assert.ok(layOutDemo(root, Date.UTC(2026, 10, 23)).ok);
    change(root);
    return read(root);
  }

  test('once for each new state, and reports when the result is recorded', async () => {
    const held = rehearsals(ALWAYS);
    held.update(await demo(), IDLE);
    await until('it is recorded', () => recordings === 1);
    // Another scan of the same machine.
    held.update(await demo(), IDLE);
    const newer = await demo((root) =>
      utimesSync(join(root, 'lib/modules/6.1.192-gentoo/misc/aufs.ko'), 9, 9),
    );
    held.update(newer, IDLE);
    await until('it is recorded again', () => recordings === 2);
    assert.equal(times(), 2);
  });

  test('only if it is configured, and not while something is compiled or merged', async () => {
    const snapshot = await demo();
    const never = rehearsals(NEVER);
    never.update(snapshot, IDLE);
    never.stop();
    const held = rehearsals(ALWAYS);
    held.update(snapshot, { ...IDLE, busy: true });
    assert.equal(times(), 0);
    // The same snapshot after that.
    held.update(snapshot, IDLE);
    await until('it is recorded', () => recordings === 1);
  });

  test('a rehearsal that fails is not repeated', async () => {
    const held = rehearsals(ALWAYS, 1);
    held.update(await demo(), IDLE);
    await until('it was tried', () => times() === 1);
    held.update(await demo(), IDLE);
    held.update(await demo(), IDLE);
    assert.deepEqual([times(), recordings], [1, 0]);
  });
});
