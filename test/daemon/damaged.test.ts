import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import {
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { DEFAULT_SETTINGS } from '../../src/config/settings.ts';
import type { Log } from '../../src/daemon/log.ts';
import { type DaemonMemory, openMemory } from '../../src/daemon/open-memory.ts';
import { inSync } from '../../src/demo/in-sync.ts';
import { writeMachine } from '../../src/demo/machine.ts';
import { patchedAgainNotRebuilt } from '../../src/demo/story.ts';
import { checkFile, type FileState } from '../../src/ledger/maintain.ts';
import { openLedger } from '../../src/ledger/open-ledger.ts';
import type { Cycle } from '../../src/ledger/record-cycle.ts';
import type { HookEvent } from '../../src/model/event.ts';
import { DEFAULT_PREFERENCES } from '../../src/model/preferences.ts';
import type { Snapshot } from '../../src/model/snapshot.ts';
import { readSnapshot } from '../../src/system/read-snapshot.ts';
import { openRoot } from '../../src/system/root.ts';
import { judge } from '../../src/verdict/judge.ts';
import { aufswatch } from '../support/program.ts';
import { hookEvent } from '../support/remembered.ts';
import { layOut, temporaryDirectory } from '../support/temporary.ts';

const NOW = 1_795_000_000_000;
const PAGE = 4096;

/** A state directory with a ledger that has rows in every table, and a backup of it. */
interface Place {
  readonly root: string;
  readonly state: string;
  readonly ledger: string;
  readonly snapshot: Snapshot;
  /** The lines that were logged since the last call. */
  logged(): string[];
  open(): Promise<DaemonMemory>;
}

async function place(events = 600): Promise<Place> {
  const directory = temporaryDirectory();
  const root = join(directory, 'root');
  const state = join(directory, 'state');
  for (const made of [root, state]) mkdirSync(made);
  // With findings: their table is one of those to be damaged.
  writeMachine(root, patchedAgainNotRebuilt(NOW));
  const options = { preferences: DEFAULT_PREFERENCES, takenAt: NOW, hashImages: false };
  const snapshot = await readSnapshot(openRoot(root), options);
  let lines: string[] = [];
  const write = (first: unknown, second?: unknown): void => void lines.push(String(second ?? first));
  const log: Log = { level: 'info', debug: write, info: write, warn: write, error: write };
  const it: Place = {
    root,
    state,
    ledger: join(state, 'ledger.sqlite3'),
    snapshot,
    logged: () => {
      const sinceLast = lines;
      lines = [];
      return sinceLast;
    },
    open: () =>
      openMemory({
        root,
        paths: { state, runtime: directory, refused: null },
        log,
        lock: { failure: () => null },
        check: checkHere,
        now: () => NOW,
      }),
  };
  const memory = await it.open();
  memory.record(
    cycle(
      it,
      Array.from({ length: events }, (_, n) => hookEvent(`app-misc/kept-${n}`, NOW)),
    ),
  );
  const notice = { at: NOW, channel: 'mail', severity: 'warning', title: 'something is wrong' } as const;
  memory.recordNotices(
    '{}',
    Array.from({ length: events / 4 }, () => notice),
  );
  await memory.maintain(DEFAULT_SETTINGS);
  memory.close();
  it.logged();
  return it;
}

/** Checks the file in this process. */
const checkHere = async (path: string) => checkFile(path);

function cycle({ snapshot }: Place, events: readonly HookEvent[]): Cycle {
  return { snapshot, events, read: { from: [], to: [] }, self: [], at: NOW, judge, settleOf: () => 0 };
}

/** Three scans with everything else that the daemon does; returns for each whether it was recorded. */
async function scans(it: Place): Promise<boolean[]> {
  const memory = await it.open();
  const recorded = [1, 2, 3].map((n) => {
    memory.notifierMemory();
    memory.positions();
    const { recorded } = memory.record(cycle(it, [hookEvent(`app-misc/late-${n}`, NOW)]));
    memory.kernels();
    memory.recordNotices('{}', []);
    return recorded === 'yes';
  });
  await memory.maintain(DEFAULT_SETTINGS);
  memory.close();
  return recorded;
}

function aside({ state }: Place): string[] {
  return readdirSync(state).filter((name) => /damaged-[^.]*Z(-\d+)?$/.test(name));
}

function merges({ ledger }: Place, name: string): number {
  const opened = openLedger(ledger);
  assert.ok(opened.ok, 'it can be opened');
  const sql = 'SELECT count(*) FROM package_event WHERE cpv LIKE ?';
  const count = opened.ledger.database.prepare(sql).pluck().get(`app-misc/${name}-%`);
  opened.ledger.close();
  return Number(count);
}

/** Pseudorandom bytes, the same each time. */
function junk(length: number, seed: number): Buffer {
  let state = seed + 1;
  return Buffer.from(
    Array.from({ length }, () => {
      state = (state * 1_103_515_245 + 12_345) % 0x80000000;
      return state >> 16;
    }),
  );
}

const DAMAGES: Readonly<Record<string, (page: Buffer, n: number) => void>> = {
  'eight bits flipped': (page, n) => {
    const where = junk(24, n);
    for (let bit = 0; bit < 8; bit++) {
      const at = where.readUInt16LE(bit * 3) % page.length;
      page[at] = (page[at] ?? 0) ^ (1 << ((where[bit * 3 + 2] ?? 0) % 8));
    }
  },
  junk: (page, n) => void junk(page.length, n).copy(page),
  zeros: (page) => void page.fill(0),
};

for (const [name, damage] of Object.entries(DAMAGES)) {
  test(`${name} in each page in turn: the daemon runs on, recovers at most once, and records`, async () => {
    const it = await place();
    const good = readFileSync(it.ledger);
    for (let n = 0; n < good.length / PAGE; n++) {
      const bad = Buffer.from(good);
      damage(bad.subarray(n * PAGE, (n + 1) * PAGE), n);
      for (const file of readdirSync(it.state)) if (file.startsWith('ledger')) rmSync(join(it.state, file));
      writeFileSync(it.ledger, bad);
      const recorded = await scans(it);
      const recoveries = it.logged().filter((line) => /was damaged: moved to/.test(line));
      assert.deepEqual(recorded.slice(1), [true, true], `page ${n}`);
      assert.equal(aside(it).length, recoveries.length, `page ${n}`);
      assert.ok(recoveries.length <= 1, `page ${n}`);
      assert.ok(merges(it, 'late') >= 2, `page ${n}`);
    }
  });
}

test('conflicting rows, which no quick check finds: the ledger is replaced once', async () => {
  const it = await place();
  const opened = openLedger(it.ledger);
  assert.ok(opened.ok);
  const { database } = opened.ledger;
  database.unsafeMode();
  database.pragma('writable_schema = ON');
  database.exec(
    "UPDATE sqlite_schema SET sql = replace(sql, 'WHERE resolved_at IS NULL', '') WHERE name = 'finding_open'",
  );
  opened.ledger.close();
  // With an index over all rows, no finding that was open once can be opened again.
  const again = openLedger(it.ledger);
  assert.ok(again.ok);
  again.ledger.database.exec('REINDEX; UPDATE finding SET resolved_at = 1');
  again.ledger.close();
  const recorded = await scans(it);
  assert.deepEqual(recorded.slice(1), [true, true]);
  assert.equal(aside(it).length, 1);
});

for (const [what, sql] of [
  ['a table', 'ALTER TABLE boot RENAME TO bopt'],
  ['a column', 'ALTER TABLE image RENAME COLUMN path TO pbth'],
] as const) {
  test(`${what} has another name: no check finds that; the daemon recovers when a query fails`, async () => {
    const it = await place();
    const opened = openLedger(it.ledger);
    assert.ok(opened.ok);
    opened.ledger.database.exec(sql);
    opened.ledger.close();
    assert.equal((await scans(it)).at(-1), true);
    assert.equal(aside(it).length, 1);
    assert.equal(merges(it, 'kept'), 600);
  });
}

test('a backup as damaged as the ledger is used once; then the ledger starts empty, without a loop', async () => {
  const it = await place();
  const backups = join(it.state, 'backups');
  const [backup = ''] = readdirSync(backups);
  for (const path of [it.ledger, join(backups, backup)]) {
    const opened = openLedger(path);
    assert.ok(opened.ok);
    opened.ledger.database.exec('ALTER TABLE image RENAME COLUMN path TO pbth');
    opened.ledger.close();
  }
  assert.deepEqual(await scans(it), [false, false, true]);
  assert.equal(aside(it).length, 2);
});

test('wrong files under the names of SQLite and the daemon: the daemon neither waits nor ends', async () => {
  const fifo = (path: string): void => void execFileSync('mkfifo', [path]);
  const tricks: readonly ((it: Place) => void)[] = [
    ({ ledger }) => mkdirSync(`${ledger}-wal`),
    ({ ledger }) => mkdirSync(`${ledger}-shm`),
    ({ ledger }) => fifo(`${ledger}-wal`),
    ({ ledger }) => fifo(`${ledger}-shm`),
    ({ ledger }) => writeFileSync(`${ledger}-wal`, junk(50_000, 1)),
    ({ ledger }) => writeFileSync(`${ledger}-shm`, junk(32_768, 1)),
    ({ ledger }) => writeFileSync(`${ledger}-journal`, junk(5000, 1)),
    ({ ledger }) => {
      writeFileSync(ledger, junk(20_000, 1));
      mkdirSync(`${ledger}.new`);
    },
    ({ ledger, state }) => {
      writeFileSync(ledger, junk(20_000, 1));
      rmSync(join(state, 'backups'), { recursive: true });
      mkdirSync(join(state, 'backups'));
      fifo(join(state, 'backups', 'ledger-2026-01-01.sqlite3'));
    },
    ({ ledger }) => {
      rmSync(ledger);
      symlinkSync('ledger.sqlite3', ledger);
    },
    ({ ledger }) => {
      rmSync(ledger);
      symlinkSync('nothing', ledger);
    },
    ({ ledger }) => {
      rmSync(ledger);
      fifo(ledger);
    },
  ];
  for (const trick of tricks) {
    const it = await place(4);
    trick(it);
    const recorded = await scans(it);
    // If the problem is not repaired, it is logged once.
    if (recorded.includes(false)) assert.equal(it.logged().filter((line) => /ledger/.test(line)).length, 1);
  }
});

test('if the ledger is removed or replaced at run time, the daemon records in the one that is there', async () => {
  const it = await place(4);
  const memory = await it.open();
  memory.record(cycle(it, []));
  rmSync(it.state, { recursive: true });
  memory.positions();
  assert.equal(memory.record(cycle(it, [hookEvent('app-misc/late-1', NOW)])).recorded, 'yes');
  const other = join(it.root, 'other.sqlite3');
  const opened = openLedger(other);
  assert.ok(opened.ok);
  opened.ledger.close();
  renameSync(other, it.ledger);
  memory.positions();
  assert.equal(memory.record(cycle(it, [hookEvent('app-misc/late-2', NOW)])).recorded, 'yes');
  memory.close();
  assert.equal(merges(it, 'late'), 1);
});

test('the daemon runs if its lock file is no database and the file for junk lines is a FIFO', () => {
  const root = join(temporaryDirectory(), 'root');
  mkdirSync(root);
  writeMachine(root, inSync(Date.now()));
  // In another root a FIFO with that name would be refused.
  const state = temporaryDirectory();
  layOut(state, { 'daemon.lock': junk(5000, 1), inbox: 'what is this\n' });
  execFileSync('mkfifo', [join(state, 'inbox.bad')]);
  const { status, out, error } = aufswatch(['daemon', '--once', '--root', root]);
  assert.equal(status, 0, out + error);
});

test('while the ledger cannot be used, what was read from it before is still used', async () => {
  const it = await place();
  const memory = await it.open();
  memory.positions();
  const before = memory.record(cycle(it, []));
  assert.equal(before.recorded, 'yes');
  assert.ok(Object.keys(before.memory.trees).length > 0);
  memory.close();
  const alone = memory.record(cycle(it, []));
  assert.equal(alone.recorded, 'no');
  assert.deepEqual(alone.memory.trees, before.memory.trees);
  assert.deepEqual(
    alone.verdict.findings.map(({ title }) => title),
    before.verdict.findings.map(({ title }) => title),
  );
});

test('a large ledger is checked in the background, and recovered if it is damaged', async () => {
  const it = await place(10);
  const lines: string[] = [];
  const write = (first: unknown, second?: unknown): void => void lines.push(String(second ?? first));
  const log: Log = { level: 'info', debug: write, info: write, warn: write, error: write };
  let answer: (state: FileState) => void = () => {};
  const memory = await openMemory({
    root: it.root,
    paths: { state: it.state, runtime: it.state, refused: null },
    log,
    lock: { failure: () => null },
    check: () =>
      new Promise((resolve) => {
        answer = resolve;
      }),
    checkedLaterAbove: 0,
    now: () => NOW,
  });
  assert.notEqual(memory.kernels(), null, 'it is in use before the check is over');
  assert.deepEqual(lines, []);
  answer('damaged');
  await new Promise((resolve) => setImmediate(resolve));
  assert.match(lines.join(), /was damaged: moved to .*, went on with /);
  assert.notEqual(memory.kernels(), null);
  memory.close();
});
