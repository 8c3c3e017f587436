import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { readHistory } from '../../src/ledger/history.ts';
import { beforeHooks, importLog, isImported, type LoggedEvent } from '../../src/ledger/import-log.ts';
import type { PortageEvent } from '../../src/model/event.ts';
import { readEmergeLog } from '../../src/system/portage/emerge-log.ts';
import { openRoot } from '../../src/system/root.ts';
import { newLedger, rowsIn } from '../support/remembered.ts';
import { layOut, temporaryDirectory } from '../support/temporary.ts';
import { needs } from '../support/tools.ts';

const SAMPLE = readFileSync(join(import.meta.dirname, '../../../test/data/emerge.log.sample'), 'utf8');
const PACKAGES = { since: null, kinds: ['package'], tree: null } as const;

test('the log of a real emerge gives merges and removals, in order, with their times', () => {
  const root = temporaryDirectory();
  layOut(root, { 'var/log/emerge.log': SAMPLE });
  const events = readEmergeLog(openRoot(root));
  const completed = SAMPLE.match(/::: completed emerge .* to \/$/gm) ?? [];
  const unmerged = SAMPLE.match(/>>> unmerge success: /g) ?? [];
  assert.ok(completed.length > 0);
  assert.equal(events.filter(({ what }) => what === 'merged').length, completed.length);
  assert.equal(events.filter(({ what }) => what === 'removed').length, unmerged.length);
  const first = /^(\d+): {2}::: completed emerge \(1 of 1\) (\S+)/m.exec(SAMPLE);
  const merged = events.find(({ what }) => what === 'merged');
  assert.deepEqual(merged, { at: Number(first?.[1]) * 1000, what: 'merged', cpv: first?.[2] });
});

test('rotated parts are read, compressed or not; other files beside them are not', () => {
  const root = temporaryDirectory();
  const line = (at: number, pf: string): string =>
    `${at}:  ::: completed emerge (1 of 1) app-misc/${pf} to /\n`;
  layOut(root, {
    'var/log/emerge.log': line(1_795_000_003, 'three-1'),
    'var/log/emerge.log.1': line(1_795_000_002, 'two-1'),
    'var/log/emerge.log-20250101.gz': gzipSync(line(1_795_000_001, 'one-1')),
    'var/log/emerge.log.2.gz': 'this is no gzip',
    'var/log/emerge.log.3.xz': 'this is no xz',
    'var/log/emerge-fetch.log': line(1_795_000_004, 'four-1'),
    'var/log/other.log': line(1_795_000_005, 'five-1'),
  });
  const unread: string[] = [];
  assert.deepEqual(
    readEmergeLog(openRoot(root), (path) => unread.push(path)).map(({ cpv }) => cpv),
    ['app-misc/one-1', 'app-misc/two-1', 'app-misc/three-1'],
  );
  assert.deepEqual(unread, ['/var/log/emerge.log.2.gz', '/var/log/emerge.log.3.xz']);
});

for (const [tool, ending] of [
  ['xz', 'xz'],
  ['zstd', 'zst'],
  ['bzip2', 'bz2'],
] as const) {
  test(`a rotated part that ${tool} compressed is read`, { skip: needs(tool) }, () => {
    const root = temporaryDirectory();
    const log = '1795000001:  ::: completed emerge (1 of 1) app-misc/hello-1 to /\n';
    const packed = execFileSync(tool, ['--stdout'], { input: log });
    layOut(root, { [`var/log/emerge.log-20260101.${ending}`]: packed });
    assert.deepEqual(readEmergeLog(openRoot(root)), [
      { at: 1_795_000_001_000, what: 'merged', cpv: 'app-misc/hello-1' },
    ]);
  });
}

test('a merge to another root is no event of this machine', () => {
  const root = temporaryDirectory();
  layOut(root, {
    'var/log/emerge.log': '1795000001:  ::: completed emerge (1 of 1) app-misc/hello-1 to /mnt/stage/\n',
  });
  assert.deepEqual(readEmergeLog(openRoot(root)), []);
});

test('imported events are marked as such, and are imported once', async () => {
  const ledger = newLedger(join(temporaryDirectory(), 'ledger.sqlite3'));
  const events = [{ at: 1000, what: 'merged', cpv: 'app-misc/hello-1' }] as const;
  assert.equal(isImported(ledger), false);
  await importLog(ledger, events, () => {});
  await importLog(ledger, events, () => {});
  assert.equal(isImported(ledger), true);
  assert.deepEqual(rowsIn(ledger, 'SELECT at, cpv, source FROM package_event'), [
    { at: 1000, cpv: 'app-misc/hello-1', source: 'imported' },
  ]);
  assert.match(readHistory(ledger, PACKAGES)[0]?.text ?? '', /from emerge\.log/);
});

test('an import that was interrupted starts again, without duplicates', async () => {
  const ledger = newLedger(join(temporaryDirectory(), 'ledger.sqlite3'));
  const events = Array.from(
    { length: 2500 },
    (_, n): LoggedEvent => ({ at: n, what: 'merged', cpv: `a/b-${n}` }),
  );
  await assert.rejects(
    importLog(ledger, events, (done) => {
      if (done >= 2000) throw new Error('killed here');
    }),
  );
  assert.equal(isImported(ledger), false);
  const imported: number[] = [];
  await importLog(ledger, events, (done, all) => imported.push(done / all));
  assert.deepEqual(imported, [0.4, 0.8, 1]);
  assert.equal(rowsIn(ledger, 'SELECT * FROM package_event').length, 2500);
});

test('a late import leaves out what the ledger recorded itself', async () => {
  const ledger = newLedger(join(temporaryDirectory(), 'ledger.sqlite3'));
  ledger.database.exec(
    "INSERT INTO package_event (at, what, cpv, source) VALUES (500.0, 'merged', 'a/b-1', 'hook')",
  );
  await importLog(
    ledger,
    [
      { at: 100, what: 'merged', cpv: 'a/a-1' },
      { at: 501, what: 'merged', cpv: 'a/b-1' },
    ],
    () => {},
  );
  assert.deepEqual(rowsIn(ledger, 'SELECT cpv, source FROM package_event ORDER BY at'), [
    { cpv: 'a/a-1', source: 'imported' },
    { cpv: 'a/b-1', source: 'hook' },
  ]);
});

// Merges can happen between `aufswatch setup` and the first start of the service. Hooks and log both report them.
test('events that the hooks left are not imported again from the log', () => {
  const reported = (at: number, pf: string, root = '/'): PortageEvent => ({
    ...{ kind: 'portage', at, phase: 'setup', category: 'sys-fs', pf },
    ...{ root, patchChange: 'none' },
  });
  const log = (at: number, cpv: string): LoggedEvent => ({ at, what: 'merged', cpv });
  const kept = beforeHooks(
    [
      log(100, 'sys-fs/aufs4-1'),
      log(220, 'sys-fs/aufs4-1'),
      log(230, 'app-misc/hello-1'),
      log(240, 'sys-fs/zfs-1'),
    ],
    [reported(200, 'aufs4-1'), reported(210, 'aufs4-1'), reported(215, 'zfs-1', '/mnt/stage')],
  );
  assert.deepEqual(
    kept.map(({ at }) => at),
    [100, 230, 240],
  );
});
