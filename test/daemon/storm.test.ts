import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { scansOf, startDaemon } from '../support/daemon.ts';
import { mountTmpfs, needsMount } from '../support/mounted.ts';
import { beforeStorm, storm, wrongIn } from '../support/storm.ts';
import { layOut } from '../support/temporary.ts';
import { until } from '../support/wait.ts';

const MERGES = 1000;
/** ms */
const SPAN = 15_000;
/** Looks while it blows, and not one at its end only. */
const SETTINGS = '[settle]\nquiet = "50ms"\nlongest = "500ms"\n[log]\nlevel = "debug"\n';
const LOOKS_MIN = 5;
/** Both come from clocks of whole ms. */
const ROUNDED = 1;

test(`a storm of ${MERGES} merges: each is recorded once, and never two looks at once`, {
  skip: needsMount(),
  timeout: 300_000,
}, async () => {
  const machine = beforeStorm(MERGES, mountTmpfs('256m').directory);
  layOut(machine.root, { 'etc/aufswatch.toml': SETTINGS });
  const state = join(machine.root, 'var/lib/aufswatch');
  const daemon = startDaemon(machine.root);
  await daemon.says('it runs', ({ pid }) => pid === daemon.pid, 60_000);
  const merged = await storm(machine).blow(MERGES, SPAN);
  await until('all of it is recorded', () => wrongIn(state, merged).length === 0, 60_000).catch(() => {});
  daemon.signal('SIGTERM');
  assert.equal(await daemon.ended, 0);
  assert.deepEqual(wrongIn(state, merged), []);
  assert.equal(merged.size, MERGES);
  const looks = scansOf(daemon);
  assert.ok(looks.length >= LOOKS_MIN, `only ${looks.length} looks`);
  const overlapping = looks.filter(({ from }, n) => from + ROUNDED < (looks[n - 1]?.to ?? 0));
  assert.deepEqual(overlapping, []);
});
