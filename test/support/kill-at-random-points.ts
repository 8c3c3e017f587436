import assert from 'node:assert/strict';
import { closeSync, constants, mkdirSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { startDaemon } from './daemon.ts';
import { aufswatch } from './program.ts';
import { layOut, temporaryDirectory } from './temporary.ts';

/** Each strand has its own daemon, root and hook. */
const STRANDS = 2;
/** Between two events of the hook, ms. */
const PACE = 4;
/** The time of the kill, as a part of the time of a start and one cycle. */
const EARLIEST = 0.4;
const LATEST = 1.6;
/** That time is measured again and again: other tests run beside this one, and the ledger grows. */
const CAME_TOO_EARLY = 1.1;
const CAME_LATE_ENOUGH = 0.95;

/**
 * Kills daemons with SIGKILL at random points of a start and a cycle, `kills` times in all, while a hook records an event
 * every 4 ms. Asserts that each event is in the ledger exactly once.
 */
export async function killAtRandomPoints(kills: number): Promise<void> {
  await Promise.all(Array.from({ length: STRANDS }, () => strand(kills / STRANDS)));
}

async function strand(kills: number): Promise<void> {
  const root = temporaryDirectory();
  const state = join(root, 'var/lib/aufswatch');
  mkdirSync(state, { recursive: true });
  layOut(root, { 'var/db/pkg/.keep': '', 'etc/aufswatch.toml': '[settle]\nquiet = "1ms"\n' });
  const start = Date.now();
  assert.equal(aufswatch(['daemon', '--once', '--root', root]).status, 0);
  let usual = Date.now() - start;
  const hook = startHook(join(state, 'inbox'));
  let recordedWhileItRan = 0;
  for (let n = 0; n < kills; n++) {
    const daemon = startDaemon(root);
    await new Promise((resolve) =>
      setTimeout(resolve, usual * (EARLIEST + Math.random() * (LATEST - EARLIEST))),
    );
    const recorded = daemon.published()?.pid === daemon.pid;
    if (recorded) recordedWhileItRan++;
    usual *= recorded ? CAME_LATE_ENOUGH : CAME_TOO_EARLY;
    daemon.signal('SIGKILL');
    assert.equal(await daemon.ended, 'SIGKILL', `it ended by itself: ${JSON.stringify(daemon.log())}`);
  }
  const reported = hook.stop();
  assert.equal(aufswatch(['daemon', '--once', '--root', root]).status, 0);
  const database = new Database(join(state, 'ledger.sqlite3'), { readonly: true });
  const rows = database
    .prepare<[], { cpv: string; n: number }>('SELECT cpv, count(*) AS n FROM package_event GROUP BY cpv')
    .all();
  assert.equal(database.pragma('integrity_check', { simple: true }), 'ok');
  database.close();
  const twice = rows.filter(({ n }) => n !== 1).map(({ cpv }) => cpv);
  assert.deepEqual(twice, [], 'recorded more than once');
  const there = new Set(rows.map(({ cpv }) => cpv));
  const lost = reported.filter((cpv) => !there.has(cpv));
  assert.deepEqual(lost, [], `lost, of ${reported.length}`);
  assert.equal(rows.length, reported.length);
  assert.ok(recordedWhileItRan > kills / 10, `only ${recordedWhileItRan} of ${kills} came as far as a cycle`);
}

/** Leaves events as the hooks do: opened for appending, one write, closed. */
function startHook(inbox: string): { stop(): string[] } {
  const reported: string[] = [];
  // A failed test must not wait for it.
  const timer = setInterval(() => {
    const pf = `event-${reported.length}`;
    const fields = ['aufswatch1', `at=${Date.now() / 1000}`, 'kind=portage', 'phase=postinst'];
    const line = [...fields, 'category=app-misc', `pf=${pf}`, 'slot=0', 'merge=source', 'root=/'].join('\t');
    const fd = openSync(inbox, constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT, 0o600);
    writeSync(fd, `${line}\n`);
    closeSync(fd);
    reported.push(`app-misc/${pf}`);
  }, PACE).unref();
  return {
    stop: () => {
      clearInterval(timer);
      return reported;
    },
  };
}
