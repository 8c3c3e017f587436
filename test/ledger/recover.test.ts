import assert from 'node:assert/strict';
import {
  closeSync,
  existsSync,
  linkSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import Database from 'better-sqlite3';
import { checkFile, maintain } from '../../src/ledger/maintain.ts';
import { APPLICATION_ID, SCHEMA_VERSION } from '../../src/ledger/migrations.ts';
import { openLedger } from '../../src/ledger/open-ledger.ts';
import { openOrRecover } from '../../src/ledger/recover.ts';
import { SCHEMA_1 } from '../../src/ledger/schema.ts';
import { fillDisk, mountTmpfs, needsMount } from '../support/mounted.ts';
import { rowsIn } from '../support/remembered.ts';
import { temporaryDirectory } from '../support/temporary.ts';

const NOW = 1_795_000_000_000;
const CARE = { keepPackages: 1e12, keepBackups: 7, check: async (path: string) => checkFile(path) };

interface State {
  readonly directory: string;
  readonly path: string;
  readonly backups: string;
}

/** A closed ledger of some size: 'kept' is in its backups, 'lost' was written after them. */
async function stateWith(nights: number, directory = temporaryDirectory()): Promise<State> {
  const path = join(directory, 'ledger.sqlite3');
  const backups = join(directory, 'backups');
  const opened = openLedger(path);
  assert.ok(opened.ok);
  const { database } = opened.ledger;
  const insert = database.prepare(
    "INSERT INTO package_event (at, what, cpv, source) VALUES (?, 'merged', ?, 'vdb')",
  );
  database.transaction(() => {
    for (let n = 0; n < 2000; n++) insert.run(NOW - n, `app-misc/kept-${n}`);
  })();
  for (let night = 0; night < nights; night++) {
    const care = { ...CARE, backups, now: NOW + night * 1000 };
    assert.equal(await maintain(opened.ledger, care), null);
  }
  insert.run(NOW, 'app-misc/lost-1');
  opened.ledger.close();
  return { directory, path, backups };
}

function recovered({ path, backups }: State): { rows: number; from: string | null; movedTo: string } {
  const result = openOrRecover(path, { backups, now: NOW });
  assert.ok(result.ok, 'it must be open after the recovery');
  assert.ok(result.recovery !== null);
  const rows = rowsIn(result.ledger, 'SELECT * FROM package_event').length;
  assert.equal(result.ledger.database.pragma('integrity_check', { simple: true }), 'ok');
  result.ledger.close();
  return { rows, from: result.recovery.from, movedTo: result.recovery.movedTo };
}

const DAMAGES: Readonly<Record<string, (path: string) => void>> = {
  'not a database': (path) => writeFileSync(path, 'somebody wrote this\n'.repeat(1000)),
  empty: (path) => truncateSync(path, 0),
  truncated: (path) => truncateSync(path, Math.floor(statSync(path).size / 2)),
  'cut in the header': (path) => truncateSync(path, 50),
  'damaged pages': (path) => {
    const fd = openSync(path, 'r+');
    const junk = Buffer.alloc(4096, 0x5a);
    for (let page = 2; page < statSync(path).size / 4096; page += 3)
      writeSync(fd, junk, 0, 4096, page * 4096);
    closeSync(fd);
  },
};

for (const [name, damage] of Object.entries(DAMAGES)) {
  test(`${name}: it is moved aside unchanged, and replaced by the newest backup`, async () => {
    const state = await stateWith(2);
    damage(state.path);
    const broken = readFileSync(state.path);
    const { rows, from, movedTo } = recovered(state);
    assert.equal(rows, 2000);
    assert.equal(from, join(state.backups, readdirSync(state.backups).sort().at(-1) ?? ''));
    assert.deepEqual(readFileSync(movedTo), broken);
    const again = openOrRecover(state.path, { backups: state.backups, now: NOW });
    assert.ok(again.ok && again.recovery === null, 'the next start has nothing to recover');
    again.ledger.close();
  });
}

test('without a backup the ledger starts empty', async () => {
  const state = await stateWith(0);
  DAMAGES['not a database']?.(state.path);
  const { rows, from } = recovered(state);
  assert.deepEqual({ rows, from }, { rows: 0, from: null });
});

test('a damaged backup is skipped', async () => {
  const state = await stateWith(2);
  const newest = readdirSync(state.backups).sort().at(-1) ?? '';
  writeFileSync(join(state.backups, newest), 'damaged as well');
  DAMAGES['damaged pages']?.(state.path);
  const { rows, from } = recovered(state);
  assert.equal(rows, 2000);
  assert.notEqual(from, join(state.backups, newest));
});

test('the journal is moved aside with its database: it must not be applied to another', async () => {
  const state = await stateWith(1);
  writeFileSync(state.path, 'not a database any more');
  writeFileSync(`${state.path}-wal`, 'what was in the journal');
  const { movedTo, rows } = recovered(state);
  assert.equal(rows, 2000);
  assert.equal(readFileSync(`${movedTo}-wal`, 'utf8'), 'what was in the journal');
});

test('a ledger that is damaged twice: both files are kept', async () => {
  const state = await stateWith(1);
  for (const now of [NOW, NOW + 1000]) {
    writeFileSync(state.path, `not a database at ${now}`);
    const result = openOrRecover(state.path, { backups: state.backups, now });
    assert.ok(result.ok);
    result.ledger.close();
  }
  const aside = readdirSync(state.directory).filter((name) => name.includes('.damaged-'));
  assert.equal(aside.length, 2);
});

test('killed during a recovery: the next start recovers, and nothing is lost', async () => {
  const state = await stateWith(1);
  DAMAGES['damaged pages']?.(state.path);
  const moved = `${state.path}.damaged-2026-11-25T01-02-03-004Z`;
  // The state between any two steps: the copy begun, the file under its second name, its journal moved.
  writeFileSync(`${state.path}.new`, readFileSync(state.path).subarray(0, 5000));
  linkSync(state.path, moved);
  writeFileSync(`${moved}-wal`, 'what was in the journal');
  assert.equal(recovered(state).rows, 2000);
  assert.ok(existsSync(moved), 'the file that was put aside stays there');
  assert.equal(existsSync(`${state.path}.new`), false);
});

test('the journal of another database is not applied to the file that replaces it', async () => {
  const state = await stateWith(1);
  DAMAGES.empty?.(state.path);
  writeFileSync(`${state.path}-journal`, 'what was in the journal');
  const { movedTo } = recovered(state);
  assert.ok(existsSync(`${movedTo}-journal`));
  assert.equal(existsSync(`${state.path}-journal`), false);
});

test('a ledger that is damaged twice at the same time of a clock that went back: both files are kept', async () => {
  const state = await stateWith(1);
  for (const text of ['first', 'second']) {
    writeFileSync(state.path, `not a database: the ${text}`);
    recovered(state);
  }
  const aside = readdirSync(state.directory).filter((name) => name.includes('.damaged-'));
  assert.equal(aside.length, 2);
});

const SKIP = needsMount();

test('without room for a backup, that is reported, the incomplete copy is removed, and the ledger works', {
  skip: SKIP,
}, async () => {
  const { directory } = mountTmpfs('2m');
  const state = await stateWith(1, directory);
  const before = readdirSync(state.backups);
  const opened = openLedger(state.path);
  assert.ok(opened.ok);
  const filler = join(directory, 'filler');
  fillDisk(filler);
  const care = { ...CARE, backups: state.backups, now: NOW + 5000 };
  assert.equal(await maintain(opened.ledger, care), 'disk-full');
  assert.deepEqual(readdirSync(state.backups), before);
  rmSync(filler);
  assert.equal(await maintain(opened.ledger, care), null);
  opened.ledger.close();
});

test('without room for a migration, the old version stays, and is migrated later', {
  skip: SKIP,
}, () => {
  const { directory } = mountTmpfs('1m');
  const path = join(directory, 'ledger.sqlite3');
  const old = new Database(path);
  old.exec(SCHEMA_1);
  old.pragma(`application_id = ${APPLICATION_ID}`);
  old.pragma('user_version = 1');
  old.close();
  const before = readFileSync(path);
  const filler = join(directory, 'filler');
  fillDisk(filler);
  const options = { backups: join(directory, 'backups'), now: NOW };
  assert.deepEqual(openOrRecover(path, options), { ok: false, failure: 'disk-full' });
  assert.deepEqual(readFileSync(path), before);
  rmSync(filler);
  const result = openOrRecover(path, options);
  assert.ok(result.ok && result.recovery === null);
  assert.equal(result.ledger.database.pragma('user_version', { simple: true }), SCHEMA_VERSION);
  result.ledger.close();
});

test('a damaged ledger on a full disk: nothing is moved before its replacement exists', {
  skip: SKIP,
}, async () => {
  const { directory } = mountTmpfs('2m');
  const state = await stateWith(1, directory);
  DAMAGES['damaged pages']?.(state.path);
  const filler = join(directory, 'filler');
  fillDisk(filler);
  const result = openOrRecover(state.path, { backups: state.backups, now: NOW });
  assert.deepEqual(result, { ok: false, failure: 'disk-full' });
  assert.deepEqual(
    readdirSync(directory).filter((name) => name.includes('damaged') || name.includes('.new')),
    [],
  );
  rmSync(filler);
  assert.equal(recovered(state).rows, 2000, 'it is recovered when there is room again');
});

test('a read-only file system is reported, and nothing is changed', { skip: SKIP }, async () => {
  const mounted = mountTmpfs('4m');
  const { directory } = mounted;
  const state = await stateWith(1, directory);
  mounted.options('ro');
  const sound = openOrRecover(state.path, { backups: state.backups, now: NOW });
  assert.deepEqual(sound, { ok: false, failure: 'read-only' });
  mounted.options('rw');
  DAMAGES['damaged pages']?.(state.path);
  mounted.options('ro');
  const damaged = openOrRecover(state.path, { backups: state.backups, now: NOW });
  assert.deepEqual(damaged, { ok: false, failure: 'read-only' });
  assert.equal(existsSync(`${state.path}.new`), false);
  mounted.options('rw');
});
