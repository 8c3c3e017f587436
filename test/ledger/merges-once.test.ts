import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { mergePackage, removePackage } from '../../src/demo/act-portage.ts';
import { HOUR, inSync } from '../../src/demo/in-sync.ts';
import type { Machine } from '../../src/demo/machine.ts';
import { plainPackage } from '../../src/demo/package.ts';
import { recordEvents } from '../../src/ledger/record-events.ts';
import { hookEvent, NOTHING_READ, type Remembered, remembered } from '../support/remembered.ts';

const NOW = 1_795_000_000_000;
const MINUTE = 60_000;
const CPV = 'app-misc/module-1';

/** A machine that was looked at, and what happens to one package of it that brings modules. */
class Merges {
  readonly machine: Remembered = remembered(inSync(NOW));
  private now: Machine = inSync(NOW);

  static async begin(): Promise<Merges> {
    const merges = new Merges();
    await merges.machine.look(NOW);
    return merges;
  }

  merge(at: number): void {
    const pkg = { ...plainPackage('app-misc', 'module', '1', at), inherited: ['linux-mod-r1'] };
    this.now = mergePackage(this.machine.root, this.now, pkg);
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

test('a look between the end of a merge and its pkg_postinst: one event', async () => {
  const it = await Merges.begin();
  it.merge(NOW + MINUTE);
  await it.machine.look(NOW + MINUTE + 1);
  assert.deepEqual(it.recorded(), ['merged vdb']);
  await it.machine.look(NOW + 2 * MINUTE, [hookEvent(CPV, NOW + 2 * MINUTE)]);
  await it.machine.look(NOW + 3 * MINUTE);
  assert.deepEqual(it.recorded(), ['merged hook']);
});

test('two merges of one version that are seen before the hooks of both tell: two events', async () => {
  const it = await Merges.begin();
  for (const minute of [1, 2]) {
    it.merge(NOW + minute * MINUTE);
    await it.machine.look(NOW + minute * MINUTE + 1);
  }
  const told = [1, 2].map((minute) => hookEvent(CPV, NOW + minute * MINUTE));
  await it.machine.look(NOW + 3 * MINUTE, told);
  assert.deepEqual(it.recorded(), ['merged hook', 'merged hook']);
});

test('a look while another instance takes the place of one: what is half there is no merge', async () => {
  const it = await Merges.begin();
  it.merge(NOW + MINUTE);
  await it.machine.look(NOW + 2 * MINUTE);
  it.forgetCounter();
  await it.machine.look(NOW + 3 * MINUTE);
  it.merge(NOW + 4 * MINUTE);
  await it.machine.look(NOW + 5 * MINUTE);
  assert.deepEqual(it.recorded(), ['merged vdb', 'merged vdb']);
});

test('the same version merged twice between two looks: two events, and the next without a hook is a third', async () => {
  const it = await Merges.begin();
  for (const minute of [1, 2]) it.merge(NOW + minute * MINUTE);
  const told = [1, 2].map((minute) => hookEvent(CPV, NOW + minute * MINUTE));
  await it.machine.look(NOW + 3 * MINUTE, told);
  assert.deepEqual(it.recorded(), ['merged hook', 'merged hook']);
  it.merge(NOW + 4 * MINUTE);
  await it.machine.look(NOW + 5 * MINUTE);
  assert.deepEqual(it.recorded(), ['merged hook', 'merged hook', 'merged vdb']);
});

test('merged and removed between two looks: both are told', async () => {
  const it = await Merges.begin();
  const told = [hookEvent(CPV, NOW + MINUTE), hookEvent(CPV, NOW + 2 * MINUTE, 'postrm')];
  await it.machine.look(NOW + 3 * MINUTE, told);
  await it.machine.look(NOW + 4 * MINUTE);
  assert.deepEqual(it.recorded(), ['merged hook', 'removed hook']);
});

test('a removal that the database shows before the hook tells of it, or after: one event', async () => {
  const it = await Merges.begin();
  it.merge(NOW + MINUTE);
  await it.machine.look(NOW + 2 * MINUTE);
  it.remove(NOW + 3 * MINUTE);
  await it.machine.look(NOW + 4 * MINUTE);
  await it.machine.look(NOW + 5 * MINUTE, [hookEvent(CPV, NOW + 3 * MINUTE, 'postrm')]);
  assert.deepEqual(it.recorded(), ['merged vdb', 'removed vdb']);
  it.merge(NOW + 6 * MINUTE);
  await it.machine.look(NOW + 7 * MINUTE);
  await it.machine.look(NOW + 8 * MINUTE, [hookEvent(CPV, NOW + 8 * MINUTE, 'postrm')]);
  it.remove(NOW + 8 * MINUTE + 1);
  await it.machine.look(NOW + 9 * MINUTE);
  assert.deepEqual(it.recorded(), ['merged vdb', 'removed vdb', 'merged vdb', 'removed hook']);
});

// A reinstall runs the postrm of the instance that it replaces, of the same version.
test('a removal without a hook, soon after a reinstall with one, is not taken for that', async () => {
  const it = await Merges.begin();
  it.merge(NOW + MINUTE);
  await it.machine.look(NOW + 2 * MINUTE);
  it.merge(NOW + 3 * MINUTE);
  const told = [hookEvent(CPV, NOW + 3 * MINUTE, 'postrm'), hookEvent(CPV, NOW + 3 * MINUTE)];
  await it.machine.look(NOW + 4 * MINUTE, told);
  it.remove(NOW + 5 * MINUTE);
  await it.machine.look(NOW + 6 * MINUTE);
  const what = it.recorded().map((row) => row.split(' ')[0]);
  assert.deepEqual(what, ['merged', 'removed', 'merged', 'removed']);
});

test('the clock went back between the hook and the look: one event', async () => {
  const it = await Merges.begin();
  it.merge(NOW + 48 * HOUR);
  await it.machine.look(NOW + MINUTE, [hookEvent(CPV, NOW + 48 * HOUR)]);
  assert.deepEqual(it.recorded(), ['merged hook']);
});

test('many events of one package are recorded as each by itself would be', async () => {
  const phases = ['postinst', 'postrm', 'postrm', 'postinst', 'postinst', 'postrm', 'postrm'] as const;
  const told = phases.map((phase, n) => hookEvent(CPV, NOW + 2 * MINUTE + n, phase));
  const recorded: string[][] = [];
  for (const portions of [[told], told.map((event) => [event])]) {
    const it = await Merges.begin();
    it.merge(NOW + MINUTE);
    await it.machine.look(NOW + MINUTE + 1);
    for (const events of portions) assert.equal(recordEvents(it.machine.ledger, events, NOTHING_READ), null);
    recorded.push(it.recorded());
  }
  assert.deepEqual(recorded[0], recorded[1]);
  assert.equal(recorded[0]?.[0], 'merged hook');
});

test('30,000 events of one package take moments, not the square of them', async () => {
  const it = await Merges.begin();
  const told = Array.from({ length: 30_000 }, (_, n) =>
    hookEvent(CPV, NOW + n, n % 2 === 0 ? 'postinst' : 'postrm'),
  );
  const start = performance.now();
  assert.equal(recordEvents(it.machine.ledger, told, NOTHING_READ), null);
  // Each asked for by itself they took minutes.
  assert.ok(performance.now() - start < 15_000, `${performance.now() - start} ms`);
  assert.equal(it.recorded().length, 30_000);
});

test('what a hook told before the first look is recorded, and nothing later is taken for it', async () => {
  const it = new Merges();
  it.merge(NOW);
  const told = [hookEvent('app-misc/gone-1', NOW - MINUTE, 'postrm'), hookEvent(CPV, NOW)];
  await it.machine.look(NOW + MINUTE, told);
  assert.equal(it.machine.rows("SELECT * FROM package_event WHERE cpv = 'app-misc/gone-1'").length, 1);
  it.merge(NOW + 2 * MINUTE);
  await it.machine.look(NOW + 3 * MINUTE);
  assert.deepEqual(it.recorded(), ['merged hook', 'merged vdb']);
});

test('what another process has recorded since it was read is not recorded again', async () => {
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
