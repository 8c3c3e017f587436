import assert from 'node:assert/strict';
import { mkdirSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { inSync } from '../../src/demo/in-sync.ts';
import { remembered } from '../support/remembered.ts';

const NOW = 1_795_000_000_000;
const MINUTE = 60_000;
const VDB = 'var/db/pkg';

test('a category or package that cannot be read does not count as removed', async () => {
  const machine = remembered(inSync(NOW));
  await machine.scan(NOW);
  const before = machine.rows('SELECT cpv FROM package_now ORDER BY cpv');
  assert.ok(before.length > 2);
  const away = join(machine.root, 'away');
  mkdirSync(away);
  let at = NOW;
  for (const place of ['sys-fs', 'sys-kernel', String(before[0]?.cpv)]) {
    const path = join(machine.root, VDB, place);
    renameSync(path, join(away, 'x'));
    symlinkSync(path.slice(path.lastIndexOf('/') + 1), path);
    at += MINUTE;
    await machine.scan(at);
    assert.deepEqual(machine.rows('SELECT cpv FROM package_now ORDER BY cpv'), before, place);
    rmSync(path);
    renameSync(join(away, 'x'), path);
    at += MINUTE;
    await machine.scan(at);
  }
  assert.deepEqual(machine.rows('SELECT * FROM package_event'), []);
});
