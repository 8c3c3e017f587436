import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeMachine } from '../../src/demo/machine.ts';
import { type RunningDaemon, startDaemon } from '../support/daemon.ts';
import { inotifyWatches } from '../support/inotify.ts';
import { largeMachine } from '../support/large-machine.ts';
import { until } from '../support/wait.ts';
import { median } from './paired.ts';
import type { BenchRow } from './row.ts';

/** How long it is left alone, ms; the longer, the finer. */
const IDLE = 20_000;
const HINTS = 5;

/** What the daemon costs on a machine of 2,000 packages and six trees, and how soon it says what happened. */
export async function benchDaemon(): Promise<BenchRow[]> {
  const directory = mkdtempSync(join(tmpdir(), 'aufswatch-bench-'));
  const root = join(directory, 'root');
  mkdirSync(root);
  writeMachine(root, largeMachine(Date.now()));
  const daemons: RunningDaemon[] = [];
  const start = async (settings: string): Promise<RunningDaemon> => {
    mkdirSync(join(root, 'etc'), { recursive: true });
    writeFileSync(join(root, 'etc/aufswatch.toml'), `${settings}\n[log]\nlevel = "debug"\n`);
    const daemon = startDaemon(root);
    daemons.push(daemon);
    await daemon.says('it runs', ({ pid }) => pid === daemon.pid, 60_000);
    await until('its first looks are over', () => looks(daemon).length >= 2, 60_000);
    return daemon;
  };
  try {
    const usual = await start('');
    const first = looks(usual)[0] ?? Number.NaN;
    const defaults = await fromMerge(usual, root, 'usual');
    const cpu = cpuTime(usual.pid);
    await new Promise((resolve) => setTimeout(resolve, IDLE));
    const idle = (100 * (cpuTime(usual.pid) - cpu)) / IDLE;
    const rows = [
      { what: 'daemon: first look at everything', value: first, unit: 'ms' },
      { what: 'daemon: inotify watches', value: inotifyWatches(usual.pid), unit: 'watches' },
      { what: 'daemon: resident when idle', value: residentSize(usual.pid), unit: 'MB' },
      { what: 'daemon: processor when idle', value: idle, unit: '% of one core' },
      { what: 'daemon: merge to status.json, default settling', value: defaults, unit: 'ms' },
    ];
    usual.signal('SIGTERM');
    const before = Date.now();
    await usual.ended;
    rows.push({ what: 'daemon: clean stop', value: Date.now() - before, unit: 'ms' });
    const eager = await start('[settle]\nquiet = "1ms"');
    const times: number[] = [];
    for (let n = 0; n < HINTS; n++) times.push(await fromMerge(eager, root, `eager-${n}`));
    rows.push({ what: 'daemon: merge to status.json, settling off', value: median(times), unit: 'ms' });
    rows.push({ what: 'daemon: one look after a merge', value: median(looks(eager).slice(2)), unit: 'ms' });
    return rows;
  } finally {
    for (const daemon of daemons) daemon.signal('SIGKILL');
    await Promise.all(daemons.map(({ ended }) => ended));
    rmSync(directory, { recursive: true, force: true, maxRetries: 10 });
  }
}

/** ms from the rename that ends a merge until a look that began after it is published. */
async function fromMerge(daemon: RunningDaemon, root: string, name: string): Promise<number> {
  const category = join(root, 'var/db/pkg/cat-1');
  mkdirSync(join(category, `-MERGING-${name}-1`));
  writeFileSync(join(category, `-MERGING-${name}-1/PF`), `${name}-1\n`);
  const at = Date.now();
  renameSync(join(category, `-MERGING-${name}-1`), join(category, `${name}-1`));
  await daemon.says('it saw the merge', ({ takenAt }) => takenAt >= at);
  return Date.now() - at;
}

/** How long each look took so far, ms. */
function looks(daemon: RunningDaemon): number[] {
  return daemon
    .log()
    .flatMap(({ msg, ms }) => (msg === 'looked at the machine' && ms !== undefined ? [ms] : []));
}

/** Processor time of a process so far, ms; proc_pid_stat(5), in ticks of 10 ms. */
function cpuTime(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) * 10;
}

function residentSize(pid: number): number {
  const kib = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Number(kib) / 1024;
}
