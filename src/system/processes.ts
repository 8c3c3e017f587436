import { type Fact, known } from '../model/fact.ts';
import type { Root } from './root.ts';

/** A process, from /proc. */
export interface Process {
  readonly pid: number;
  readonly parent: number;
  /** At most 15 bytes of the name. */
  readonly name: string;
  /** Start time, in clock ticks since the boot. It distinguishes processes that get the same PID. */
  readonly started: string;
}

/** All processes in /proc, by PID. */
export function listProcesses(root: Root): Fact<ReadonlyMap<number, Process>> {
  const entries = root.list('/proc');
  if (!entries.known) return entries;
  const processes = new Map<number, Process>();
  for (const entry of entries.value) {
    const process = /^\d+$/.test(entry) ? readProcess(root, Number(entry)) : null;
    if (process !== null) processes.set(process.pid, process);
  }
  return known(processes);
}

/** Does the same process still run under its PID? */
export function isAlive(root: Root, { pid, started }: Process): boolean {
  return readProcess(root, pid)?.started === started;
}

/** The words of its command line, its own name first; empty if they cannot be read. */
export function commandLine(root: Root, { pid }: Process): readonly string[] {
  const text = root.readText(`/proc/${pid}/cmdline`);
  return text.known ? text.value.split('\0').slice(0, -1) : [];
}

/** proc_pid_stat(5): `pid (name) state ppid …`; the name may contain blanks and parentheses. */
function readProcess(root: Root, pid: number): Process | null {
  const stat = root.withFile(`/proc/${pid}/stat`, (file) => known(file.read(0, 512).toString('utf8')));
  if (!stat.known) return null;
  const open = stat.value.indexOf('(');
  const close = stat.value.lastIndexOf(')');
  const [state, parent, ...others] = stat.value.slice(close + 2).split(' ');
  const started = others[STARTED];
  // A zombie has ended; only its parent has not waited for it yet.
  if (open === -1 || !/^\d+$/.test(parent ?? '') || started === undefined || state === 'Z') return null;
  return { pid, parent: Number(parent), name: stat.value.slice(open + 1, close), started };
}

/** starttime is field 22; the first field left over here is field 5. */
const STARTED = 22 - 5;
