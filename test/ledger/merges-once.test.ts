import assert from 'node:assert/strict';
import { readFileSync, renameSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { HOUR, inSync } from '../../src/demo/in-sync.ts';
import type { Machine } from '../../src/demo/machine.ts';
import { plainPackage } from '../../src/demo/package.ts';
import { recordEvents } from '../../src/ledger/record-events.ts';
import type { PortageEvent } from '../../src/model/event.ts';
import { mergePackage, removePackage } from '../support/demo/act-portage.ts';
import { hookEvent, NOTHING_READ, type Remembered, remembered } from '../support/remembered.ts';

const NOW = 1_795_000_000_000;
const MINUTE = 60_000;
const CPV = 'app-misc/module-1';

/** A scanned machine, and the events of one package on it that has modules. */
class Merges {
  readonly machine: Remembered = remembered(inSync(NOW));
  private now: Machine = inSync(NOW);

  static async begin(): Promise<Merges> {
    const merges = new Merges();
    await merges.machine.scan(NOW);
    return merges;
  }

  merge(at: number, version = '1'): void {
    const pkg = { ...plainPackage('app-misc', 'module', version, at), inherited: ['linux-mod-r1'] };
    this.now = mergePackage(this.machine.root, this.now, pkg);
  }

  /** The event of its hook at the end of the merge that the database now shows. */
  postinst(at: number, version = '1', replacing: readonly string[] = []): PortageEvent {
    const cpv = `app-misc/module-${version}`;
    const field = (name: string): number =>
      Number(readFileSync(join(this.machine.root, 'var/db/pkg', cpv, name), 'utf8'));
    const identity = { counter: field('COUNTER'), buildTime: field('BUILD_TIME') * 1000 };
    return hookEvent(cpv, at, 'postinst', 'none', { ...identity, replacing });
  }

  /** Like a copy of the database that does not keep the times. */
  setTime(at: number): void {
    for (const path of ['var/db/pkg', 'var/db/pkg/app-misc', `var/db/pkg/${CPV}`])
      utimesSync(join(this.machine.root, path), at / 1000, at / 1000);
  }

  /** `emaint --fix moveinst`. */
  rename(to: string): void {
    const packages = join(this.machine.root, 'var/db/pkg/app-misc');
    renameSync(join(packages, 'module-1'), join(packages, to));
  }

  /** All recorded events of the package, of every version. */
  history(): string[] {
    const rows = this.machine.rows(
      "SELECT what, cpv, replaced, source FROM package_event WHERE cpv LIKE 'app-misc/%' ORDER BY id",
    );
    return rows.map((row) => `${row.what} ${row.cpv} for ${row.replaced} ${row.source}`);
  }

  remove(at: number): void {
    this.now = removePackage(this.machine.root, this.now, CPV, at);
  }

  /** Portage removes the old instance file by file. */
  forgetCounter(): void {
    rmSync(join(this.machine.root, 'var/db/pkg', CPV, 'COUNTER'));
    rmSync(join(this.machine.root, 'var/db/pkg', CPV, 'metadata'), { force: true });
  }

  recorded(): string[] {
    const rows = this.machine.rows(`SELECT what, source FROM package_event WHERE cpv = '${CPV}' ORDER BY id`);
    return rows.map(({ what, source }) => `${what} ${source}`);
  }
}

test('a scan between the end of a merge and its pkg_postinst: one event', async () => {
  const it = await Merges.begin();
  it.merge(NOW + MINUTE);
  await it.machine.scan(NOW + MINUTE + 1);
  assert.deepEqual(it.recorded(), ['merged vdb']);
  await it.machine.scan(NOW + 2 * MINUTE, [hookEvent(CPV, NOW + 2 * MINUTE)]);
  await it.machine.scan(NOW + 3 * MINUTE);
  assert.deepEqual(it.recorded(), ['merged hook']);
});

test('two merges of one version, both scanned before their hooks report: two events', async () => {
  const it = await Merges.begin();
  for (const minute of [1, 2]) {
    it.merge(NOW + minute * MINUTE);
    await it.machine.scan(NOW + minute * MINUTE + 1);
  }
  const events = [1, 2].map((minute) => hookEvent(CPV, NOW + minute * MINUTE));
  await it.machine.scan(NOW + 3 * MINUTE, events);
  assert.deepEqual(it.recorded(), ['merged hook', 'merged hook']);
});

test('a scan while one instance replaces another: the incomplete entry is no merge', async () => {
  const it = await Merges.begin();
  it.merge(NOW + MINUTE);
  await it.machine.scan(NOW + 2 * MINUTE);
  it.forgetCounter();
  await it.machine.scan(NOW + 3 * MINUTE);
  it.merge(NOW + 4 * MINUTE);
  await it.machine.scan(NOW + 5 * MINUTE);
  assert.deepEqual(it.recorded(), ['merged vdb', 'merged vdb']);
});

test('the same version merged twice between two scans: two events, and the next without a hook is a third', async () => {
  const it = await Merges.begin();
  for (const minute of [1, 2]) it.merge(NOW + minute * MINUTE);
  const events = [1, 2].map((minute) => hookEvent(CPV, NOW + minute * MINUTE));
  await it.machine.scan(NOW + 3 * MINUTE, events);
  assert.deepEqual(it.recorded(), ['merged hook', 'merged hook']);
  it.merge(NOW + 4 * MINUTE);
  await it.machine.scan(NOW + 5 * MINUTE);
  assert.deepEqual(it.recorded(), ['merged hook', 'merged hook', 'merged vdb']);
});

test('merged and removed between two scans: both are recorded', async () => {
  const it = await Merges.begin();
  const events = [hookEvent(CPV, NOW + MINUTE), hookEvent(CPV, NOW + 2 * MINUTE, 'postrm')];
  await it.machine.scan(NOW + 3 * MINUTE, events);
  await it.machine.scan(NOW + 4 * MINUTE);
  assert.deepEqual(it.recorded(), ['merged hook', 'removed hook']);
});

test('a removal that the database shows before or after the report of the hook: one event', async () => {
  const it = await Merges.begin();
  it.merge(NOW + MINUTE);
  await it.machine.scan(NOW + 2 * MINUTE);
  it.remove(NOW + 3 * MINUTE);
  await it.machine.scan(NOW + 4 * MINUTE);
  await it.machine.scan(NOW + 5 * MINUTE, [hookEvent(CPV, NOW + 3 * MINUTE, 'postrm')]);
  assert.deepEqual(it.recorded(), ['merged vdb', 'removed vdb']);
  it.merge(NOW + 6 * MINUTE);
  await it.machine.scan(NOW + 7 * MINUTE);
  await it.machine.scan(NOW + 8 * MINUTE, [hookEvent(CPV, NOW + 8 * MINUTE, 'postrm')]);
  it.remove(NOW + 8 * MINUTE + 1);
  await it.machine.scan(NOW + 9 * MINUTE);
  assert.deepEqual(it.recorded(), ['merged vdb', 'removed vdb', 'merged vdb', 'removed hook']);
});

// A reinstall runs the postrm of the instance that it replaces, which has the same version.
test('a removal without a hook, soon after a reinstall with one, is another event', async () => {
  const it = await Merges.begin();
  it.merge(NOW + MINUTE);
  await it.machine.scan(NOW + 2 * MINUTE);
  it.merge(NOW + 3 * MINUTE);
  const events = [hookEvent(CPV, NOW + 3 * MINUTE, 'postrm'), hookEvent(CPV, NOW + 3 * MINUTE)];
  await it.machine.scan(NOW + 4 * MINUTE, events);
  it.remove(NOW + 5 * MINUTE);
  await it.machine.scan(NOW + 6 * MINUTE);
  const what = it.recorded().map((row) => row.split(' ')[0]);
  assert.deepEqual(what, ['merged', 'removed', 'merged', 'removed']);
});

test('the clock went back between the hook and the scan: one event', async () => {
  const it = await Merges.begin();
  it.merge(NOW + 48 * HOUR);
  await it.machine.scan(NOW + MINUTE, [hookEvent(CPV, NOW + 48 * HOUR)]);
  assert.deepEqual(it.recorded(), ['merged hook']);
});

test('many events of one package are recorded as if each came alone', async () => {
  const phases = ['postinst', 'postrm', 'postrm', 'postinst', 'postinst', 'postrm', 'postrm'] as const;
  const events = phases.map((phase, n) => hookEvent(CPV, NOW + 2 * MINUTE + n, phase));
  const recorded: string[][] = [];
  for (const portions of [[events], events.map((event) => [event])]) {
    const it = await Merges.begin();
    it.merge(NOW + MINUTE);
    await it.machine.scan(NOW + MINUTE + 1);
    for (const events of portions) assert.equal(recordEvents(it.machine.ledger, events, NOTHING_READ), null);
    recorded.push(it.recorded());
  }
  assert.deepEqual(recorded[0], recorded[1]);
  assert.equal(recorded[0]?.[0], 'merged hook');
});

test('the time for 30,000 events of one package grows linearly', async () => {
  const it = await Merges.begin();
  const events = Array.from({ length: 30_000 }, (_, n) =>
    hookEvent(CPV, NOW + n, n % 2 === 0 ? 'postinst' : 'postrm'),
  );
  const start = performance.now();
  assert.equal(recordEvents(it.machine.ledger, events, NOTHING_READ), null);
  // With a query for each of them, this took minutes.
  assert.ok(performance.now() - start < 15_000, `${performance.now() - start} ms`);
  assert.equal(it.recorded().length, 30_000);
});

test('an event of a hook before the first scan is recorded, and no later one is confused with it', async () => {
  const it = new Merges();
  it.merge(NOW);
  const events = [hookEvent('app-misc/gone-1', NOW - MINUTE, 'postrm'), hookEvent(CPV, NOW)];
  await it.machine.scan(NOW + MINUTE, events);
  assert.equal(it.machine.rows("SELECT * FROM package_event WHERE cpv = 'app-misc/gone-1'").length, 1);
  it.merge(NOW + 2 * MINUTE);
  await it.machine.scan(NOW + 3 * MINUTE);
  assert.deepEqual(it.recorded(), ['merged hook', 'merged vdb']);
});

test('an event that another process recorded since the last reading is not recorded again', async () => {
  const it = await Merges.begin();
  const { ledger } = it.machine;
  const [first, second] = [1, 2].map((position) => [{ file: 'inbox', position }]);
  assert.ok(first !== undefined && second !== undefined);
  assert.equal(recordEvents(ledger, [hookEvent(CPV, NOW)], { from: [], to: first }), null);
  assert.equal(recordEvents(ledger, [hookEvent(CPV, NOW)], { from: [], to: first }), 'overtaken');
  assert.equal(recordEvents(ledger, [hookEvent(CPV, NOW)], { from: second, to: second }), 'overtaken');
  assert.equal(it.recorded().length, 1);
  assert.equal(recordEvents(ledger, [hookEvent(CPV, NOW + HOUR)], { from: first, to: second }), null);
  assert.equal(it.recorded().length, 2);
});

const DAY = 24 * HOUR;

test('a merge is identified by COUNTER and BUILD_TIME, however old the time of its directory is', async () => {
  for (const hookFirst of [true, false]) {
    const it = await Merges.begin();
    it.merge(NOW + MINUTE);
    it.setTime(NOW - 400 * DAY);
    const events = [it.postinst(NOW + MINUTE)];
    if (!hookFirst) await it.machine.scan(NOW + 2 * MINUTE);
    await it.machine.scan(NOW + 3 * MINUTE, events);
    it.setTime(NOW - 300 * DAY);
    await it.machine.scan(NOW + 4 * MINUTE);
    assert.deepEqual(it.recorded(), ['merged hook'], `hook first: ${hookFirst}`);
    const [row] = it.machine.rows(`SELECT at FROM package_event WHERE cpv = '${CPV}'`);
    assert.equal(row?.at, NOW + MINUTE);
  }
});

test('an event of format 1, without a counter, and an old directory are one event', async () => {
  const it = await Merges.begin();
  it.merge(NOW + MINUTE);
  it.setTime(NOW - 400 * DAY);
  await it.machine.scan(NOW + 2 * MINUTE);
  await it.machine.scan(NOW + 3 * MINUTE, [hookEvent(CPV, NOW + MINUTE)]);
  assert.deepEqual(it.recorded(), ['merged hook']);
});

test('the same counter with another build is another merge', async () => {
  const it = await Merges.begin();
  it.merge(NOW + MINUTE);
  await it.machine.scan(NOW + 2 * MINUTE);
  const entry = join(it.machine.root, 'var/db/pkg', CPV);
  const counter = readFileSync(join(entry, 'COUNTER'));
  it.merge(NOW + 3 * MINUTE);
  writeFileSync(join(entry, 'COUNTER'), counter);
  rmSync(join(entry, 'metadata'), { force: true });
  await it.machine.scan(NOW + 4 * MINUTE);
  assert.deepEqual(it.recorded(), ['merged vdb', 'merged vdb']);
});

/** Each with and without hooks that report. */
for (const hooks of [true, false]) {
  const source = hooks ? 'hook' : 'vdb';
  const title = hooks ? 'that hooks report' : 'that only the database shows';

  test(`a merge of the same version ${title} is one event`, async () => {
    const it = await Merges.begin();
    it.merge(NOW + MINUTE);
    await it.machine.scan(NOW + 2 * MINUTE);
    it.merge(NOW + 3 * MINUTE);
    const events = [
      hookEvent(CPV, NOW + 3 * MINUTE, 'postrm', 'none', { replacedBy: '1' }),
      it.postinst(NOW + 3 * MINUTE, '1', ['1']),
    ];
    await it.machine.scan(NOW + 4 * MINUTE, hooks ? events : []);
    assert.deepEqual(it.history(), [`merged ${CPV} for null vdb`, `merged ${CPV} for 1 ${source}`]);
  });

  test(`an upgrade ${title} is one event`, async () => {
    const it = await Merges.begin();
    it.merge(NOW + MINUTE);
    await it.machine.scan(NOW + 2 * MINUTE);
    it.merge(NOW + 3 * MINUTE, '2');
    const events = [
      hookEvent(CPV, NOW + 3 * MINUTE, 'postrm', 'none', { replacedBy: '2' }),
      it.postinst(NOW + 3 * MINUTE, '2', ['1']),
    ];
    await it.machine.scan(NOW + 4 * MINUTE, hooks ? events : []);
    await it.machine.scan(NOW + 5 * MINUTE);
    assert.deepEqual(it.history(), [
      `merged ${CPV} for null vdb`,
      `merged app-misc/module-2 for 1 ${source}`,
    ]);
  });
}

test('a package move is no event', async () => {
  const it = await Merges.begin();
  it.merge(NOW + MINUTE);
  await it.machine.scan(NOW + 2 * MINUTE);
  it.rename('other-1');
  await it.machine.scan(NOW + 3 * MINUTE);
  assert.deepEqual(it.history(), [`merged ${CPV} for null vdb`]);
});

test('a package in another slot replaces none', async () => {
  const it = await Merges.begin();
  it.merge(NOW + MINUTE);
  await it.machine.scan(NOW + 2 * MINUTE);
  it.merge(NOW + 3 * MINUTE, '2');
  const entry = join(it.machine.root, 'var/db/pkg/app-misc/module-2');
  writeFileSync(join(entry, 'SLOT'), '2\n');
  rmSync(join(entry, 'metadata'), { force: true });
  await it.machine.scan(NOW + 4 * MINUTE);
  assert.deepEqual(
    it.history().map((line) => line.split(' for ')[0]),
    [`merged ${CPV}`, 'merged app-misc/module-2', `removed ${CPV}`],
  );
});
