import { type Fact, known, unknown } from '../../model/fact.ts';
import { lazy } from '../lazy.ts';
import type { Root } from '../root.ts';

/**
 * Directories in which make is building a kernel now, from /proc: the working directory of each make process,
 * except those that configure, clean or install, and those that build an external module (M=) or elsewhere
 * (O=; its sub-make counts), with all their children. Unknown: the root is not the running system's, or
 * processes of other users cannot be seen.
 */
export function findMakes(root: Root): Fact<readonly string[]> {
  if (!root.isHost) return unknown('not-running-here', 'the root is not that of the running system');
  const entries = root.list('/proc');
  if (!entries.known) return entries;
  const processes = new Map<number, Process>();
  for (const entry of entries.value) {
    const process = /^\d+$/.test(entry) ? readProcess(root, entry) : null;
    if (process !== null) processes.set(process.pid, process);
  }
  const directories = new Set<string>();
  for (const process of processes.values()) {
    if (!isMake(process) || !isKernelBuild(root, process, processes)) continue;
    const cwd = root.readLink(`/proc/${process.pid}/cwd`);
    if (cwd.known) directories.add(cwd.value);
    // It may have ended meanwhile.
    else if (cwd.code !== 'missing') return cwd;
  }
  return known([...directories].sort());
}

/** The same, looked up when it is first asked for and then remembered: for one look at the machine. */
export function lazyMakes(root: Root): () => Fact<readonly string[]> {
  return lazy(() => findMakes(root));
}

interface Process {
  readonly pid: number;
  readonly parent: number;
  readonly name: string;
}

/** proc_pid_stat(5): `pid (name) state ppid …`, where the name may hold blanks and parentheses. */
function readProcess(root: Root, pid: string): Process | null {
  const stat = root.withFile(`/proc/${pid}/stat`, (file) => known(file.read(0, 512).toString('utf8')));
  if (!stat.known) return null;
  const open = stat.value.indexOf('(');
  const close = stat.value.lastIndexOf(')');
  const parent = Number(stat.value.slice(close + 2).split(' ')[1]);
  return open === -1 || !Number.isInteger(parent)
    ? null
    : { pid: Number(pid), parent, name: stat.value.slice(open + 1, close) };
}

function isMake({ name }: Process): boolean {
  return name === 'make' || name === 'gmake';
}

function isKernelBuild(root: Root, process: Process, processes: ReadonlyMap<number, Process>): boolean {
  if (commandLine(root, process).some((word) => /^(O|KBUILD_OUTPUT)=/.test(word))) return false;
  return lineage(process, processes)
    .filter(isMake)
    .every((make) => buildsKernel(commandLine(root, make)));
}

/** The process and its ancestors. Process numbers are used again, so that a chain may bite its tail. */
function lineage(process: Process, processes: ReadonlyMap<number, Process>): Process[] {
  const line = new Set<Process>();
  for (let at: Process | undefined = process; at !== undefined && !line.has(at); ) {
    line.add(at);
    at = processes.get(at.parent);
  }
  return [...line];
}

/** Arguments of the process, without its name. */
function commandLine(root: Root, { pid }: Process): string[] {
  const text = root.readText(`/proc/${pid}/cmdline`);
  return text.known ? text.value.split('\0').slice(1, -1) : [];
}

const NO_BUILD =
  /config$|clean$|^mrproper$|install$|^help$|^kernel(release|version)$|^image_name$|^(tags|TAGS|cscope|gtags)$|^headers|^modules_prepare$/;
const TAKES_A_WORD = /^-[CfIoWE]$|^--(directory|file|makefile|include-dir|eval|assume-old|assume-new)$/;

/** Do these arguments of make build a kernel, as far as they tell? */
export function buildsKernel(words: readonly string[]): boolean {
  const targets: string[] = [];
  for (let index = 0; index < words.length; index++) {
    const word = words[index] ?? '';
    if (/^(M|KBUILD_EXTMOD|SUBDIRS)=./.test(word)) return false;
    if (TAKES_A_WORD.test(word)) index++;
    else if (!word.startsWith('-') && !word.includes('=') && !/^\d+$/.test(word)) targets.push(word);
  }
  return targets.length === 0 || !targets.every((target) => NO_BUILD.test(target));
}
