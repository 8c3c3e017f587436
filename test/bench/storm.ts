import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { scansOf, startDaemon } from '../support/daemon.ts';
import { cpuTime, residentSize } from '../support/process-cost.ts';
import { beforeStorm, mergesIn, storm } from '../support/storm.ts';
import { layOut } from '../support/temporary.ts';
import { until } from '../support/wait.ts';
import type { BenchRow } from './row.ts';

const MERGES = 1000;
/** ms */
const SPAN = 60_000;
/**
 * Settle time that gives scans during the storm: with the default the daemon would wait up to ten minutes for quiet.
 */
const SETTINGS = '[settle]\nlongest = "5s"\n[log]\nlevel = "debug"\n';

/** A thousand merges in one minute, as from binary packages. */
export async function benchStorm(directory: string, program: string): Promise<BenchRow[]> {
  const place = join(directory, 'storm');
  mkdirSync(place);
  const machine = beforeStorm(MERGES, place);
  layOut(machine.root, { 'etc/aufswatch.toml': SETTINGS });
  const state = join(machine.root, 'var/lib/aufswatch');
  const daemon = startDaemon(machine.root, { program });
  await daemon.publishes('it runs', ({ pid }) => pid === daemon.pid, 60_000);
  const cpu = cpuTime(daemon.pid);
  const merged = await storm(machine).blow(MERGES, SPAN);
  const end = Date.now();
  const all = sum(merged);
  await until('all of it is recorded', () => sum(mergesIn(state)) >= all, 60_000).catch(() => {});
  const recorded = Date.now() - end;
  const inLedger = mergesIn(state);
  const over = (one: ReadonlyMap<string, number>, other: ReadonlyMap<string, number>): number =>
    [...one].reduce((total, [cpv, n]) => total + Math.max(0, n - (other.get(cpv) ?? 0)), 0);
  const scans = scansOf(daemon);
  const both = scans.filter(({ from }, n) => from + 1 < (scans[n - 1]?.to ?? 0)).length;
  const rows: BenchRow[] = [
    {
      what: `storm of ${all} merges in a minute: missed`,
      value: over(merged, inLedger),
      unit: 'merges',
      limit: 0,
    },
    { what: 'storm: recorded more than once', value: over(inLedger, merged), unit: 'merges', limit: 0 },
    { what: `storm: of ${scans.length} scans two at once`, value: both, unit: 'scans', limit: 0 },
    { what: 'storm: from the last merge to the ledger', value: recorded, unit: 'ms' },
    { what: 'storm: processor', value: (100 * (cpuTime(daemon.pid) - cpu)) / SPAN, unit: '% of one core' },
    { what: 'storm: resident after it', value: residentSize(daemon.pid), unit: 'MB' },
  ];
  daemon.signal('SIGTERM');
  await daemon.ended;
  return rows;
}

function sum(counts: ReadonlyMap<string, number>): number {
  return [...counts.values()].reduce((total, n) => total + n, 0);
}
