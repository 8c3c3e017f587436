import assert from 'node:assert/strict';
import { mkdirSync, rmdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { startDaemon } from '../support/daemon.ts';
import { machineInMotion, TREE } from '../support/machine-in-motion.ts';
import { layOut } from '../support/temporary.ts';
import { until } from '../support/wait.ts';

/** Limit for a wait, ms. */
const LIMIT = 60_000;

test('with level debug the log names the place of a hint, its reason, and how long the scan was delayed', async () => {
  const machine = machineInMotion();
  layOut(machine.root, { 'etc/aufswatch.toml': '[log]\nlevel = "debug"\n[settle]\nquiet = "20ms"\n' });
  const daemon = startDaemon(machine.root);
  await daemon.publishes('it runs', ({ pid }) => pid === daemon.pid, LIMIT);
  const messages = () => daemon.log().map(({ msg, text = msg }) => text);
  // Hints about newly watched places come first, and are scanned.
  await until(
    'its first scans are over',
    () => messages().filter((msg) => /^scanned/.test(msg)).length >= 2,
    LIMIT,
  );
  const before = messages().length;
  layOut(machine.root, { [join(TREE.slice(1), '.config')]: 'CONFIG_AUFS_FS=m\n' });
  const later = () => messages().slice(before);
  await until('it has scanned', () => later().some((msg) => /^scanned/.test(msg)), LIMIT);
  const hint = later().findIndex(
    (msg) => msg.startsWith('hint place=') && msg.includes(TREE) && / why=(event|poll) /.test(msg),
  );
  const quiet = later().findIndex((msg) => /^quiet after hints: scanning .* ms=\d+$/.test(msg));
  assert.ok(hint >= 0 && hint < quiet, later().join('\n'));
});

test('with level debug the log says why a scan is delayed, when it begins, and how long it takes', async () => {
  const machine = machineInMotion();
  layOut(machine.root, { 'etc/aufswatch.toml': '[log]\nlevel = "debug"\n[settle]\nquiet = "20ms"\n' });
  const daemon = startDaemon(machine.root);
  await daemon.publishes('it runs', ({ pid }) => pid === daemon.pid, LIMIT);
  const messages = () => daemon.log().map(({ msg, text = msg }) => text);
  await until(
    'its first scans are over',
    () => messages().filter((msg) => /^scanned/.test(msg)).length >= 2,
    LIMIT,
  );
  const before = messages().length;
  const later = () => messages().slice(before);
  const merging = join(machine.root, 'var/db/pkg/sys-fs/-MERGING-zfs-kmod-9');
  mkdirSync(merging, { recursive: true });
  await until('it waits for emerge', () =>
    later().some((msg) => /^scan delayed why=emerge ms=\d+$/.test(msg)),
  );
  rmdirSync(merging);
  const order = [
    /^hint place=\/var\/db\/pkg\/sys-fs /,
    /^scan delayed why=emerge /,
    /^quiet after hints: scanning .*"portage".* ms=\d+$/,
    /^scan begins parts=.*"portage"/,
    /^scanned the machine parts=.*"portage".* ms=\d+$/,
  ];
  const found = () => order.map((form) => later().findIndex((msg) => form.test(msg)));
  await until('it has scanned', () => found().every((at) => at >= 0), LIMIT);
  assert.deepEqual(
    found().toSorted((a, b) => a - b),
    found(),
    later().join('\n'),
  );
  assert.equal(later().filter((msg) => msg.startsWith('scan delayed why=emerge')).length, 1, 'once');
});
