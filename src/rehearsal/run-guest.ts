import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { closeSync } from 'node:fs';
import type { NotRehearsed } from '../model/rehearsal.ts';
import { errorCode } from '../system/system-error.ts';
import { namelessFile } from './hand-over.ts';
import { type GuestReports, listenTo } from './listen.ts';
import { findProgram, type GuestMachine, guestMachine, kvmGroup, qemuWords } from './machine.ts';
import { type ArchiveEntry, newcArchive } from './newc.ts';

/** The input of a guest, and its limits. */
export interface GuestRun {
  /** The architecture of the kernel and of the guest program. */
  readonly arch: NodeJS.Architecture;
  /** A kernel image for QEMU's -kernel. */
  readonly kernel: Buffer;
  /** The compiled src/rehearsal/guest/init.c. */
  readonly init: Buffer;
  /** The modules, with their paths in the job but without the leading slash. */
  readonly files: readonly ArchiveEntry[];
  /** Lines for the guest (src/rehearsal/guest/init.c), without the nonce. */
  readonly job: readonly string[];
  /** Words of the kernel's command line. */
  readonly words: readonly string[];
  /** The PATH for QEMU. */
  readonly path: string;
  /** ms. */
  readonly timeout: number;
  readonly signal: AbortSignal;
  /** Called when the guest begins a line of the job. */
  progress(step: number): void;
}

export type GuestResult =
  | { readonly ok: true; readonly reports: GuestReports }
  | { readonly ok: false; readonly failure: NotRehearsed; readonly reports: GuestReports | null };

/** Starts the kernel in QEMU and receives its reports until it ends. Always returns within the time limit. */
export async function runGuest(run: GuestRun): Promise<GuestResult> {
  const machine = guestMachine(run.arch);
  const missing = whatIsMissing(run.path, run.arch);
  if (machine === null || missing !== null)
    return { ok: false, failure: { code: 'missing', detail: missing ?? '' }, reports: null };
  const end = performance.now() + run.timeout;
  // First with KVM and the sandbox, then without those that this QEMU or this machine does not have.
  let attempt = await tryGuest(run, machine, { kvm: true, confined: true }, end);
  if (/sandbox|seccomp/i.test(attempt.said) && attempt.reports.kernel === null)
    attempt = await tryGuest(run, machine, { kvm: true, confined: false }, end);
  const silent = attempt.reports.kernel === null && attempt.ending.is === 'ended';
  if (silent && performance.now() < end)
    attempt = await tryGuest(
      run,
      machine,
      { kvm: false, confined: !/sandbox|seccomp/i.test(attempt.said) },
      end,
    );
  return resultOf(attempt, run);
}

/** What is missing on this machine for a rehearsal of this architecture, as a clause; null: nothing. */
export function whatIsMissing(path: string, arch: NodeJS.Architecture): string | null {
  const machine = guestMachine(arch);
  if (machine === null) return `there is no rehearsal on ${arch}, only on x86-64 and arm64`;
  if (findProgram(path, machine.program) === null)
    return `${machine.program} is not there: emerge app-emulation/qemu (QEMU_SOFTMMU_TARGETS)`;
  if (findProgram(path, 'setpriv') === null) return 'setpriv is not there: emerge sys-apps/util-linux';
  return null;
}

interface Attempt {
  readonly reports: GuestReports;
  readonly ending: Ending;
  /** The last lines that QEMU itself printed. */
  readonly said: string;
}

type Ending =
  | { readonly is: 'ended'; readonly how: string }
  | { readonly is: 'time' | 'spoilt' | 'interrupted' | 'whole' };

/** The user nobody, who owns no files. */
const NOBODY = 65534;
const SAID_MAX = 4096;

async function tryGuest(
  run: GuestRun,
  machine: GuestMachine,
  how: { readonly kvm: boolean; readonly confined: boolean },
  end: number,
): Promise<Attempt> {
  const nonce = randomBytes(12).toString('hex');
  const listener = listenTo(nonce);
  const owner = process.getuid?.() === 0 ? NOBODY : null;
  const job = Buffer.from([`nonce ${nonce}`, ...run.job, ''].join('\n'));
  const archive = newcArchive([
    { path: 'aufswatch-init', content: run.init, executable: true },
    { path: 'aufswatch-job', content: job },
    ...run.files,
  ]);
  const files: number[] = [];
  try {
    files.push(namelessFile(run.kernel, owner));
    files.push(namelessFile(archive, owner));
  } catch (error) {
    for (const file of files) closeSync(file);
    const code = errorCode(error);
    if (code === null) throw error;
    return attempt({ is: 'ended', how: `the files for it cannot be written (${code})` }, '');
  }
  const places = { kernel: '/dev/fd/3', archive: '/dev/fd/4', archiveSize: archive.length };
  const words = qemuWords(machine, places, { ...how, words: run.words });
  let guest: ChildProcess;
  try {
    const left = Math.max(1, Math.ceil((end - performance.now()) / 1000) + 1);
    const bound = ['setpriv', ...DIES_WITH_US, 'timeout', '--signal=KILL', String(left)];
    const qemu = ['setpriv', ...privileges(owner), '--', machine.program, ...words];
    guest = spawn('nice', ['-n', '10', ...bound, ...qemu], {
      // Its own process group, so that all of it can be killed.
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe', ...files],
      env: { PATH: run.path, LC_ALL: 'C' },
      cwd: '/',
    });
  } finally {
    for (const file of files) closeSync(file);
  }
  return await follow(guest);

  function attempt(ending: Ending, said: string): Attempt {
    return { reports: listener.reports(), ending, said };
  }

  function follow(child: ChildProcess): Promise<Attempt> {
    return new Promise((resolve) => {
      let ending: Ending | null = null;
      let said = '';
      let step = -1;
      const stop = (why: Ending): void => {
        ending ??= why;
        killGroup(child);
      };
      const interrupt = (): void => stop({ is: 'interrupted' });
      const timer = setTimeout(() => stop({ is: 'time' }), Math.max(0, end - performance.now()));
      run.signal.addEventListener('abort', interrupt);
      if (run.signal.aborted) interrupt();
      child.stdout?.on('data', (chunk: Buffer) => {
        listener.receive(chunk);
        const { doing, whole, problem } = listener.reports();
        if (doing !== null && doing !== step) {
          step = doing;
          run.progress(step);
        }
        if (whole) stop({ is: 'whole' });
        else if (problem !== null) stop({ is: 'spoilt' });
      });
      child.stderr?.on('data', (chunk: Buffer) => {
        said = (said + chunk.toString()).slice(-SAID_MAX);
      });
      const done = (how: string): void => {
        clearTimeout(timer);
        run.signal.removeEventListener('abort', interrupt);
        // Kills processes that it started and that still run.
        killGroup(child);
        resolve(attempt(ending ?? { is: 'ended', how }, said));
      };
      child.on('error', ({ message }) => done(message));
      child.on('close', (code, signal) => done(signal ?? `exit status ${code}`));
    });
  }
}

/**
 * Options of setpriv: the kernel kills the process when its parent ends. If the parent ends before this is set, timeout(1)
 * ends the process.
 */
const DIES_WITH_US = ['--pdeathsig', 'KILL'];

/** Options of setpriv: root becomes another user, with the group that may use KVM if there is one. */
function privileges(owner: number | null): string[] {
  const always = ['--no-new-privs', ...DIES_WITH_US];
  if (owner === null) return always;
  const group = kvmGroup() ?? owner;
  return ['--reuid', String(owner), '--regid', String(group), '--clear-groups', '--inh-caps=-all', ...always];
}

function killGroup({ pid }: ChildProcess): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // The whole group has ended.
  }
}

function resultOf({ reports, ending, said }: Attempt, { job, timeout }: GuestRun): GuestResult {
  if (reports.whole && reports.steps.length === job.length) return { ok: true, reports };
  const where = reports.doing === null ? '' : ` while it was at "${job[reports.doing] ?? ''}"`;
  const last = reports.lastWords === '' ? '' : `; its last words: ${reports.lastWords}`;
  switch (ending.is) {
    case 'interrupted':
      return failed('interrupted', 'it was interrupted');
    case 'time':
      return failed('time', `it had not ended after ${timeout / 1000} s${where}${last}`);
    case 'spoilt':
      return failed('kernel', `${reports.problem ?? 'its report is damaged'}${where}`);
    case 'whole':
      return failed('kernel', 'it ended before the end of its job');
    case 'ended':
      if (reports.kernel !== null) return failed('kernel', `the kernel stopped${where}${last}`);
      return failed('kernel', `it reported nothing (${ending.how})${last || qemuWordsOf(said)}`);
  }

  function failed(code: NotRehearsed['code'], detail: string): GuestResult {
    return { ok: false, failure: { code, detail }, reports };
  }
}

/** The last error of QEMU itself, to be appended to a clause. */
function qemuWordsOf(said: string): string {
  const lines = said.split('\n').filter((line) => line.trim() !== '');
  return lines.length === 0 ? '' : `: ${(lines.at(-1) ?? '').replace(/\p{Cc}+/gu, ' ')}`;
}
