import { type Fact, known } from '../model/fact.ts';
import type { Root } from './root.ts';

/** A process as /proc shows it. */
export interface Process {
  readonly pid: number;
  readonly parent: number;
  /** At most 15 bytes of it. */
  readonly name: string;
  /** When it began, in clock ticks since the boot: with it a number that is used again is another process. */
  readonly started: string;
}

/** Every process that /proc shows, by its number. */
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

/** Is it still the same process that has that number? */
export function isAlive(root: Root, { pid, started }: Process): boolean {
  return readProcess(root, pid)?.started === started;
}

/** The words that it was called with, the first of them its own name; none where they cannot be seen. */
export function commandLine(root: Root, { pid }: Process): readonly string[] {
  const text = root.readText(`/proc/${pid}/cmdline`);
  return text.known ? text.value.split('\0').slice(0, -1) : [];
}

/** proc_pid_stat(5): `pid (name) state ppid …`, where the name may hold blanks and parentheses. */
function readProcess(root: Root, pid: number): Process | null {
  const stat = root.withFile(`/proc/${pid}/stat`, (file) => known(file.read(0, 512).toString('utf8')));
  if (!stat.known) return null;
  const open = stat.value.indexOf('(');
  const close = stat.value.lastIndexOf(')');
  const [state, parent, ...others] = stat.value.slice(close + 2).split(' ');
  const started = others[STARTED];
  // A zombie has ended; only its parent has not heard of it.
  if (open === -1 || !/^\d+$/.test(parent ?? '') || started === undefined || state === 'Z') return null;
  return { pid, parent: Number(parent), name: stat.value.slice(open + 1, close), started };
}

/** starttime is the 22nd field, and the fifth is the first of the others. */
const STARTED = 22 - 5;
