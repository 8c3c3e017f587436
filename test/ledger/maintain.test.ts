import assert from 'node:assert/strict';
import { readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { backupsIn, checkFile, maintain } from '../../src/ledger/maintain.ts';
import { openLedger } from '../../src/ledger/open-ledger.ts';
import { newLedger, rowsIn } from '../support/remembered.ts';
import { temporaryDirectory } from '../support/temporary.ts';

const DAY = 86_400_000;
const NOW = 1_795_000_000_000;

function care(backups: string, now = NOW) {
  return {
    keepPackages: 730 * DAY,
    keepBackups: 7,
    backups,
    now,
    check: async (path: string) => checkFile(path),
  };
}

test('old events of packages are removed, but not the cause of something', async () => {
  const directory = temporaryDirectory();
  const ledger = newLedger(join(directory, 'ledger.sqlite3'));
  const event = (id: number, age: number): string =>
    `INSERT INTO package_event (id, at, what, cpv, source) VALUES (${id}, ${NOW - age * DAY}.0, 'merged', 'a/b-${id}', 'vdb');`;
  ledger.database.exec(event(1, 731) + event(2, 800) + event(3, 729) + event(4, 0));
  ledger.database.exec(
    `INSERT INTO patch_state (tree, at, state, cause) VALUES ('/usr/src/linux-6', 1.0, 'whole', 2)`,
  );
  ledger.database.exec(
    `INSERT INTO finding (code, subject, severity, title, opened_at) VALUES ('x', '', 'notice', 'old', 1.0)`,
  );
  assert.equal(await maintain(ledger, care(join(directory, 'backups'))), null);
  assert.deepEqual(rowsIn(ledger, 'SELECT id FROM package_event ORDER BY id'), [
    { id: 2 },
    { id: 3 },
    { id: 4 },
  ]);
  assert.equal(rowsIn(ledger, 'SELECT * FROM finding').length, 1);
});

test('seven backups are kept, newest first, and each is a complete ledger', async () => {
  const directory = temporaryDirectory();
  const backups = join(directory, 'backups');
  const ledger = newLedger(join(directory, 'ledger.sqlite3'));
  for (let night = 0; night < 10; night++) {
    ledger.database.exec(`INSERT INTO image (path, at) VALUES ('/boot/${night}', 1.0)`);
    assert.equal(await maintain(ledger, care(backups, NOW + night * DAY)), null);
  }
  const kept = backupsIn(backups, NOW + 10 * DAY);
  assert.equal(kept.length, 7);
  assert.deepEqual(readdirSync(backups).length, 7, 'and no other file is left beside them');
  const counts = kept.map((path) => rowsIn(newLedger(path), 'SELECT * FROM image').length);
  assert.deepEqual(counts, [10, 9, 8, 7, 6, 5, 4]);
  assert.equal(statSync(kept[0] ?? '').mode & 0o077, 0, 'backups are for root alone');
});

test('after the clock went back, backups of the future do not push out present ones, and come last', async () => {
  const directory = temporaryDirectory();
  const backups = join(directory, 'backups');
  const ledger = newLedger(join(directory, 'ledger.sqlite3'));
  for (let night = 0; night < 7; night++)
    assert.equal(await maintain(ledger, care(backups, NOW + (1000 + night) * DAY)), null);
  for (let night = 0; night < 2; night++)
    assert.equal(await maintain(ledger, care(backups, NOW + night * DAY)), null);
  const days = backupsIn(backups, NOW + DAY).map((path) => /ledger-([\d-]{10})/.exec(path)?.[1] ?? '');
  assert.equal(days.length, 7);
  assert.deepEqual(days.slice(0, 2), days.toSorted().slice(0, 2).reverse(), 'the present ones first');
});

test('a backup directory that cannot be created is reported as a failure, without an exception', async () => {
  const directory = temporaryDirectory();
  writeFileSync(join(directory, 'backups'), 'a file where the directory should be');
  const ledger = newLedger(join(directory, 'ledger.sqlite3'));
  assert.equal(await maintain(ledger, care(join(directory, 'backups'))), 'io');
});

test('closing the ledger during the maintenance is no failure', async () => {
  const directory = temporaryDirectory();
  const opened = openLedger(join(directory, 'ledger.sqlite3'));
  assert.ok(opened.ok);
  const done = maintain(opened.ledger, care(join(directory, 'backups')));
  opened.ledger.close();
  assert.equal(await done, null);
});

test('a clock that is far ahead for one night removes no new data', async () => {
  const directory = temporaryDirectory();
  const ledger = newLedger(join(directory, 'ledger.sqlite3'));
  const event = (id: number, age: number): string =>
    `INSERT INTO package_event (id, at, what, cpv, source) VALUES (${id}, ${NOW - age * DAY}.0, 'merged', 'a/b-${id}', 'vdb');`;
  ledger.database.exec(event(1, 1) + event(2, 700) + event(3, 740));
  assert.equal(await maintain(ledger, care(join(directory, 'backups'), NOW + 14 * 365 * DAY)), null);
  assert.deepEqual(rowsIn(ledger, 'SELECT id FROM package_event ORDER BY id'), [{ id: 1 }, { id: 2 }]);
});

test('old data is removed in portions, and others can use the ledger between them', async () => {
  const directory = temporaryDirectory();
  const ledger = newLedger(join(directory, 'ledger.sqlite3'));
  ledger.database.exec(`WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10000)
    INSERT INTO package_event (at, what, cpv, source) SELECT ${NOW - 800 * DAY}.0 + i, 'merged', 'a/b-' || i, 'vdb' FROM n`);
  ledger.database.exec(
    `INSERT INTO package_event (at, what, cpv, source) VALUES (${NOW}.0, 'merged', 'a/new-1', 'vdb')`,
  );
  const count = (): unknown => rowsIn(ledger, 'SELECT count(*) AS n FROM package_event')[0]?.n;
  const seen = new Set<unknown>();
  let isOver = false;
  const observe = (): void => {
    if (isOver) return;
    seen.add(count());
    setImmediate(observe);
  };
  observe();
  assert.equal(await maintain(ledger, care(join(directory, 'backups'))), null);
  isOver = true;
  assert.equal(count(), 1);
  assert.ok(seen.size > 3, `seen between: ${[...seen].join(', ')}`);
});

test('a damaged copy does not become a backup', async () => {
  const directory = temporaryDirectory();
  const backups = join(directory, 'backups');
  const ledger = newLedger(join(directory, 'ledger.sqlite3'));
  const found = await maintain(ledger, { ...care(backups), check: async () => 'damaged' });
  assert.equal(found, 'damaged');
  assert.deepEqual(readdirSync(backups), []);
});
