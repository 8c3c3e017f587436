import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import Database from 'better-sqlite3';
import { openForReading, openLedger } from '../../src/ledger/open-ledger.ts';
import { temporaryDirectory } from '../support/temporary.ts';

test('a ledger that has a view instead of a table counts as damaged, and is not read endlessly', () => {
  const path = join(temporaryDirectory(), 'ledger.sqlite3');
  const made = openLedger(path);
  assert.ok(made.ok);
  made.ledger.close();
  const database = new Database(path);
  database.exec(
    'DROP TABLE finding; CREATE VIEW finding AS WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT x FROM c',
  );
  database.close();
  for (const open of [openForReading, openLedger])
    assert.deepEqual(open(path), { ok: false, failure: 'damaged' });
});
