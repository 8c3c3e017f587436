import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeMachine } from '../../src/demo/machine.ts';
import { copyProgram } from '../support/bundle.ts';
import { type RunningDaemon, scansOf, startDaemon } from '../support/daemon.ts';
import { inotifyWatches } from '../support/inotify.ts';
import { largeMachine } from '../support/large-machine.ts';
import { cpuTime, residentSize } from '../support/process-cost.ts';
import { endAll } from '../support/temporary.ts';
import { until } from '../support/wait.ts';
import { median } from './paired.ts';
import type { BenchRow } from './row.ts';
import { benchStorm } from './storm.ts';

/**
 * How long the daemon is idle, ms, with one reconciliation in that time. AUFSWATCH_BENCH_IDLE (seconds) makes it
 * shorter.
 */
const IDLE = Number(process.env.AUFSWATCH_BENCH_IDLE ?? 600) * 1000;
const RECONCILE = '[schedule]\nreconcile = "*/10 * * * *"\n';
const HINTS = 5;

/** The resources of the daemon on a machine of 2,000 packages and six trees, and how soon it publishes a change. */
export async function benchDaemon(): Promise<BenchRow[]> {
  const directory = mkdtempSync(join(tmpdir(), 'aufswatch-bench-'));
  const root = join(directory, 'root');
  mkdirSync(root);
  writeMachine(root, largeMachine(Date.now()));
  const program = copyProgram(join(directory, 'program'));
  // In memory, as /run is: on a disk that others use, writing status.json waits for them.
  const runtime = mkdtempSync('/dev/shm/aufswatch-bench-');
  const daemons: RunningDaemon[] = [];
  const start = async (settings: string): Promise<RunningDaemon> => {
    mkdirSync(join(root, 'etc'), { recursive: true });
    writeFileSync(join(root, 'etc/aufswatch.toml'), `${settings}\n[log]\nlevel = "debug"\n`);
    const daemon = startDaemon(root, { program, runtime });
    daemons.push(daemon);
    await daemon.publishes('it runs', ({ pid }) => pid === daemon.pid, 60_000);
    await until('its first scans are over', () => scansOf(daemon).length >= 2, 60_000);
    return daemon;
  };
  try {
    const usual = await start(RECONCILE);
    const first = times(usual)[0] ?? Number.NaN;
    const defaults = median(await fromMerges(usual, root, 'usual'));
    const { processor, scans } = await idle(usual);
    const span = IDLE / 60_000;
    const rows: BenchRow[] = [
      { what: 'daemon: first full scan', value: first, unit: 'ms' },
      { what: 'daemon: inotify watches', value: inotifyWatches(usual.pid), unit: 'watches', limit: 400 },
      {
        what: `daemon: resident after ${span} min of idling`,
        value: residentSize(usual.pid),
        unit: 'MB',
        limit: 75,
      },
      {
        what: `daemon: processor in ${span} min of idling, ${scans} reconciliations`,
        value: processor,
        unit: '% of one core',
        limit: 0.1,
      },
      { what: 'daemon: merge to status.json, default settling', value: defaults, unit: 'ms', limit: 1500 },
    ];
    usual.signal('SIGTERM');
    const before = Date.now();
    await usual.ended;
    rows.push({ what: 'daemon: clean stop', value: Date.now() - before, unit: 'ms', limit: 2000 });
    const eager = await start('[settle]\nquiet = "1ms"');
    const soon = median(await fromMerges(eager, root, 'eager'));
    rows.push({ what: 'daemon: merge to status.json, settling off', value: soon, unit: 'ms', limit: 200 });
    rows.push({ what: 'daemon: one scan after a merge', value: median(times(eager).slice(2)), unit: 'ms' });
    eager.signal('SIGTERM');
    await eager.ended;
    return [...rows, ...(await benchStorm(directory, program))];
  } finally {
    for (const daemon of daemons) daemon.signal('SIGKILL');
    await Promise.all(daemons.map(({ ended }) => ended));
    endAll();
    for (const made of [directory, runtime]) rmSync(made, { recursive: true, force: true, maxRetries: 10 });
  }
}

/** Share of one core while nothing happens, in percent, and the number of complete scans in that time. */
async function idle(daemon: RunningDaemon): Promise<{ processor: number; scans: number }> {
  // The garbage of the last merge is collected first.
  await new Promise((resolve) => setTimeout(resolve, 10_000));
  const before = scansOf(daemon).length;
  const cpu = cpuTime(daemon.pid);
  await new Promise((resolve) => setTimeout(resolve, IDLE));
  return {
    processor: (100 * (cpuTime(daemon.pid) - cpu)) / IDLE,
    scans: scansOf(daemon).length - before,
  };
}

async function fromMerges(daemon: RunningDaemon, root: string, name: string): Promise<number[]> {
  const spans: number[] = [];
  for (let n = 0; n < HINTS; n++) spans.push(await fromMerge(daemon, root, `${name}-${n}`));
  return spans;
}

/** ms from the rename that ends a merge until a scan that began after it is published. */
async function fromMerge(daemon: RunningDaemon, root: string, name: string): Promise<number> {
  const category = join(root, 'var/db/pkg/cat-1');
  mkdirSync(join(category, `-MERGING-${name}-1`));
  writeFileSync(join(category, `-MERGING-${name}-1/PF`), `${name}-1\n`);
  const at = Date.now();
  renameSync(join(category, `-MERGING-${name}-1`), join(category, `${name}-1`));
  await daemon.publishes('the merge was scanned', ({ takenAtMs: takenAt }) => takenAt >= at);
  return Date.now() - at;
}

/** The duration of each scan so far, ms. */
function times(daemon: RunningDaemon): number[] {
  return scansOf(daemon).map(({ from, to }) => to - from);
}
