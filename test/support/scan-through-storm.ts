import assert from 'node:assert/strict';
import { join } from 'node:path';
import { scansOf, startDaemon } from './daemon.ts';
import { mountTmpfs } from './mounted.ts';
import { beforeStorm, storm, wrongIn } from './storm.ts';
import { layOut } from './temporary.ts';
import { until } from './wait.ts';

/** One merge in this time, ms. */
const EACH = 15;
/** It scans during the storm, not only at its end. */
const SETTINGS = '[settle]\nquiet = "50ms"\nlongest = "500ms"\n[log]\nlevel = "debug"\n';
const SCANS_MIN = 5;
/** Both times are in whole ms. */
const ROUNDED = 1;

/** Merges this many packages while a daemon runs. Asserts that each merge is recorded once, and that scans never overlap. */
export async function scanThroughStorm(merges: number): Promise<void> {
  const machine = beforeStorm(merges, mountTmpfs('256m').directory);
  layOut(machine.root, { 'etc/aufswatch.toml': SETTINGS });
  const state = join(machine.root, 'var/lib/aufswatch');
  const daemon = startDaemon(machine.root);
  await daemon.publishes('it runs', ({ pid }) => pid === daemon.pid, 60_000);
  const merged = await storm(machine).blow(merges, merges * EACH);
  await until('all of it is recorded', () => wrongIn(state, merged).length === 0, 60_000).catch(() => {});
  daemon.signal('SIGTERM');
  assert.equal(await daemon.ended, 0);
  assert.deepEqual(wrongIn(state, merged), []);
  assert.equal(merged.size, merges);
  const scans = scansOf(daemon);
  assert.ok(scans.length >= SCANS_MIN, `only ${scans.length} scans`);
  const overlapping = scans.filter(({ from }, n) => from + ROUNDED < (scans[n - 1]?.to ?? 0));
  assert.deepEqual(overlapping, []);
}
