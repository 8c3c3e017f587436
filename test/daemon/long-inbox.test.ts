import assert from 'node:assert/strict';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import Database from 'better-sqlite3';
import { startDaemon } from '../support/daemon.ts';
import { aufswatch } from '../support/program.ts';
import { layOut, temporaryDirectory } from '../support/temporary.ts';
import { until } from '../support/wait.ts';

const EVENTS = 100_000;

test('SIGTERM ends the daemon while it reads a long inbox, and the next start continues there', async () => {
  const root = temporaryDirectory();
  const state = join(root, 'var/lib/aufswatch');
  mkdirSync(state, { recursive: true });
  layOut(root, { 'var/db/pkg/.keep': '' });
  writeFileSync(join(state, 'inbox'), Array.from({ length: EVENTS }, (_, n) => removal(n)).join(''));
  const daemon = startDaemon(root);
  await until('a portion is recorded', () => recorded(state).all > 0, 60_000);
  daemon.signal('SIGTERM');
  assert.equal(await daemon.ended, 0);
  const { all } = recorded(state);
  assert.ok(all < EVENTS, 'SIGTERM came too late, or was ignored');
  assert.equal(aufswatch(['daemon', '--once', '--root', root]).status, 0);
  // Nothing else proves a removal before the first scan. An event of it that is recorded after that scan would be
  // dropped.
  assert.deepEqual(recorded(state), { all: EVENTS, different: EVENTS });
});

function removal(n: number): string {
  return `aufswatch1\tat=1760000000\tkind=portage\tphase=postrm\tcategory=sys-fs\tpf=event-${n}\troot=/\n`;
}

function recorded(state: string): { readonly all: number; readonly different: number } {
  const path = join(state, 'ledger.sqlite3');
  const none = { all: 0, different: 0 };
  // The file was created, and has no tables yet.
  if (!existsSync(path)) return none;
  const database = new Database(path, { readonly: true });
  try {
    if (database.pragma('user_version', { simple: true }) === 0) return none;
    const sql = 'SELECT count(*) AS "all", count(DISTINCT cpv) AS different FROM package_event';
    return database.prepare<[], { all: number; different: number }>(sql).get() ?? none;
  } finally {
    database.close();
  }
}
