import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { startDaemon } from '../support/daemon.ts';
import { machineInMotion, TREE } from '../support/machine-in-motion.ts';
import { layOut } from '../support/temporary.ts';
import { until } from '../support/wait.ts';

test('with level debug the log says which place told, why, and how long it waited before it looked', async () => {
  const machine = machineInMotion();
  layOut(machine.root, { 'etc/aufswatch.toml': '[log]\nlevel = "debug"\n[settle]\nquiet = "20ms"\n' });
  const daemon = startDaemon(machine.root);
  await daemon.says('it runs', ({ pid }) => pid === daemon.pid);
  const messages = () => daemon.log().map(({ msg, said = msg }) => said);
  // Hints at what is newly watched come first, and are looked at.
  await until('its first looks are over', () => messages().filter((msg) => /^scanned/.test(msg)).length >= 2);
  const before = messages().length;
  layOut(machine.root, { [join(TREE.slice(1), '.config')]: 'CONFIG_AUFS_FS=m\n' });
  const later = () => messages().slice(before);
  await until('it has looked', () => later().some((msg) => /^scanned/.test(msg)));
  const hint = later().findIndex(
    (msg) => msg.startsWith('hint place=') && msg.includes(TREE) && / why=(event|poll) /.test(msg),
  );
  const quiet = later().findIndex((msg) => /^quiet after hints: scanning .* ms=\d+$/.test(msg));
  assert.ok(hint >= 0 && hint < quiet, later().join('\n'));
});
