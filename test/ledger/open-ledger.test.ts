import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import Database from 'better-sqlite3';
import { failureText } from '../../src/ledger/failure.ts';
import { APPLICATION_ID, SCHEMA_VERSION } from '../../src/ledger/migrations.ts';
import { openForReading, openForWriting, openLedger } from '../../src/ledger/open-ledger.ts';
import { SCHEMA_1, SCHEMA_2, SCHEMA_3, SCHEMA_4, SCHEMA_5 } from '../../src/ledger/schema.ts';
import { newLedger, rowsIn } from '../support/remembered.ts';
import { temporaryDirectory } from '../support/temporary.ts';

/** The migrations as they were released: a file of version n has the first n. */
const RELEASED = [SCHEMA_1, SCHEMA_2, SCHEMA_3, SCHEMA_4, SCHEMA_5];

function tablesIn(path: string): unknown[] {
  const database = new Database(path, { readonly: true });
  const rows = database
    .prepare("SELECT type, name, sql FROM sqlite_schema WHERE name NOT LIKE 'sqlite_%'")
    .all();
  database.close();
  return rows;
}

test('a new ledger has this schema, is marked as ours, and only root can read it', () => {
  const path = join(temporaryDirectory(), 'ledger.sqlite3');
  const ledger = newLedger(path);
  const { database } = ledger;
  assert.equal(database.pragma('user_version', { simple: true }), SCHEMA_VERSION);
  assert.equal(database.pragma('application_id', { simple: true }), APPLICATION_ID);
  assert.equal(database.pragma('journal_mode', { simple: true }), 'wal');
  const strict = rowsIn(ledger, "SELECT name, strict FROM pragma_table_list WHERE type = 'table'");
  const loose = strict.filter(({ name, strict }) => strict === 0 && !String(name).startsWith('sqlite_'));
  assert.deepEqual(loose, []);
  assert.equal(statSync(path).mode & 0o007, 0);
});

for (const [index] of RELEASED.entries()) {
  test(`a ledger of version ${index + 1} is migrated to the present version with its rows`, () => {
    const directory = temporaryDirectory();
    const path = join(directory, 'ledger.sqlite3');
    const old = new Database(path);
    for (const step of RELEASED.slice(0, index + 1)) old.exec(step);
    old.pragma(`application_id = ${APPLICATION_ID}`);
    old.pragma(`user_version = ${index + 1}`);
    old.exec("INSERT INTO image (path, at) VALUES ('/boot/vmlinuz', 1.0)");
    old.close();
    const ledger = newLedger(path);
    assert.equal(ledger.database.pragma('user_version', { simple: true }), SCHEMA_VERSION);
    assert.equal(rowsIn(ledger, 'SELECT path, hash FROM image')[0]?.path, '/boot/vmlinuz');
    const fresh = join(directory, 'fresh.sqlite3');
    newLedger(fresh);
    assert.deepEqual(tablesIn(path), tablesIn(fresh));
  });
}

test('a migration that fails leaves the previous version', () => {
  const path = join(temporaryDirectory(), 'ledger.sqlite3');
  const old = new Database(path);
  old.exec(SCHEMA_1);
  old.pragma(`application_id = ${APPLICATION_ID}`);
  old.pragma('user_version = 1');
  // The second statement of the next migration fails because of this; then the first must have no effect.
  old.exec('ALTER TABLE image ADD COLUMN hash TEXT');
  old.close();
  assert.deepEqual(openLedger(path), { ok: false, failure: 'damaged' });
  const database = new Database(path, { readonly: true });
  assert.equal(database.pragma('user_version', { simple: true }), 1);
  assert.throws(() => database.prepare('SELECT carried FROM kernel_build'), /no such column/);
  database.close();
});

test('a newer schema is refused, and the file stays the same, byte for byte', () => {
  const path = join(temporaryDirectory(), 'ledger.sqlite3');
  const newer = new Database(path);
  newer.exec('CREATE TABLE of_tomorrow (x)');
  newer.pragma(`application_id = ${APPLICATION_ID}`);
  newer.pragma(`user_version = ${SCHEMA_VERSION + 1}`);
  newer.close();
  const before = readFileSync(path);
  for (const open of [openLedger, openForReading, openForWriting]) {
    assert.deepEqual(open(path), { ok: false, failure: 'newer' });
  }
  assert.deepEqual(readFileSync(path), before);
  assert.equal(existsSync(`${path}-wal`), false);
  assert.match(failureText('newer', path), /later version of aufswatch/);
});

test('a database of another program is neither accepted nor changed', () => {
  const path = join(temporaryDirectory(), 'ledger.sqlite3');
  const other = new Database(path);
  other.exec('CREATE TABLE recipes (x)');
  other.close();
  const before = readFileSync(path);
  const result = openForReading(path);
  assert.equal(result.ok, false);
  assert.deepEqual(openLedger(path), { ok: false, failure: 'damaged' });
  assert.deepEqual(readFileSync(path), before);
});

test('a reader creates no file', () => {
  const directory = temporaryDirectory();
  const path = join(directory, 'ledger.sqlite3');
  assert.deepEqual(openForReading(path), { ok: false, failure: 'missing' });
  assert.deepEqual(openForWriting(path), { ok: false, failure: 'missing' });
  assert.equal(existsSync(path), false);
});

test('a directory or a FIFO instead of the ledger is refused, without waiting', () => {
  const directory = temporaryDirectory();
  mkdirSync(join(directory, 'directory'));
  execFileSync('mkfifo', [join(directory, 'fifo')]);
  for (const name of ['directory', 'fifo']) {
    assert.deepEqual(openLedger(join(directory, name)), { ok: false, failure: 'no-file' });
    assert.deepEqual(openForReading(join(directory, name)), { ok: false, failure: 'no-file' });
  }
});

test('a ledger that another process holds for writing can be read', () => {
  const path = join(temporaryDirectory(), 'ledger.sqlite3');
  const writer = newLedger(path);
  writer.database.exec("BEGIN IMMEDIATE; INSERT INTO image (path, at) VALUES ('/boot/new', 1.0)");
  const reader = openForReading(path);
  assert.ok(reader.ok);
  assert.deepEqual(rowsIn(reader.ledger, 'SELECT * FROM image'), []);
  reader.ledger.close();
  writer.database.exec('ROLLBACK');
});

test('a text file counts as damaged for every user of the ledger', () => {
  const path = join(temporaryDirectory(), 'ledger.sqlite3');
  writeFileSync(path, 'not a database, only something that somebody wrote here\n'.repeat(100));
  assert.deepEqual(openLedger(path), { ok: false, failure: 'damaged' });
  assert.deepEqual(openForReading(path), { ok: false, failure: 'damaged' });
});

test('a reader leaves no file behind, in whatever state the daemon left the ledger', () => {
  const directory = temporaryDirectory();
  const path = join(directory, 'ledger.sqlite3');
  const first = openLedger(path);
  assert.ok(first.ok);
  first.ledger.database.exec("INSERT INTO image (path, at) VALUES ('/boot/one', 1.0)");
  const images = (): unknown[] => {
    const before = readdirSync(directory).sort();
    const reader = openForReading(path);
    assert.ok(reader.ok);
    const rows = rowsIn(reader.ledger, 'SELECT path FROM image').map((row) => row.path);
    reader.ledger.close();
    assert.deepEqual(readdirSync(directory).sort(), before);
    return rows;
  };
  assert.deepEqual(images(), ['/boot/one'], 'open, and the row is not yet in the main file');
  first.ledger.close();
  assert.deepEqual(readdirSync(directory), ['ledger.sqlite3']);
  assert.deepEqual(images(), ['/boot/one'], 'closed');
});

test('a closed ledger is read in place, without a journal and without a copy in memory', () => {
  const path = join(temporaryDirectory(), 'ledger.sqlite3');
  const first = openLedger(path);
  assert.ok(first.ok);
  first.ledger.close();
  const reader = openForReading(path);
  assert.ok(reader.ok);
  assert.equal(reader.ledger.database.memory, false);
  assert.equal(reader.ledger.database.pragma('journal_mode', { simple: true }), 'delete');
  // The daemon starts while a reader reads, without a conflict.
  const second = openLedger(path);
  assert.ok(second.ok);
  assert.equal(second.ledger.database.pragma('journal_mode', { simple: true }), 'wal');
  assert.deepEqual(rowsIn(reader.ledger, 'SELECT * FROM image'), []);
  // It ends while a reader reads: the journal stays until the last reader is gone.
  second.ledger.close();
  assert.deepEqual(rowsIn(reader.ledger, 'SELECT * FROM image'), []);
  reader.ledger.close();
});

test('a copy of an open ledger without its journal is read without creating one', () => {
  const directory = temporaryDirectory();
  const open = newLedger(join(directory, 'open.sqlite3'));
  open.database.pragma('wal_checkpoint(TRUNCATE)');
  const path = join(directory, 'copy.sqlite3');
  writeFileSync(path, readFileSync(open.path));
  const before = readdirSync(directory).sort();
  const reader = openForReading(path);
  assert.ok(reader.ok);
  assert.deepEqual(rowsIn(reader.ledger, 'SELECT * FROM image'), []);
  assert.deepEqual(readdirSync(directory).sort(), before);
  reader.ledger.close();
});
