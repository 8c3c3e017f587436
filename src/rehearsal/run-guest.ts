import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { closeSync } from 'node:fs';
import type { NotRehearsed } from '../model/rehearsal.ts';
import { errorCode } from '../system/system-error.ts';
import { namelessFile } from './hand-over.ts';
import { type Heard, listenTo } from './listen.ts';
import { findProgram, type GuestMachine, guestMachine, kvmGroup, qemuWords } from './machine.ts';
import { type ArchiveEntry, newcArchive } from './newc.ts';

/** What a guest is started with, and what bounds it. */
export interface GuestRun {
  /** For which the kernel and the guest were compiled. */
  readonly arch: NodeJS.Architecture;
  /** An image that QEMU's -kernel takes. */
  readonly kernel: Buffer;
  /** The compiled src/rehearsal/guest/init.c. */
  readonly init: Buffer;
  /** The modules; their paths are those that the job names, without a slash in front. */
  readonly files: readonly ArchiveEntry[];
  /** Lines for the guest (src/rehearsal/guest/init.c), the nonce apart. */
  readonly job: readonly string[];
  /** Words of the kernel's command line. */
  readonly words: readonly string[];
  /** The PATH on which QEMU is looked for. */
  readonly path: string;
  /** ms. */
  readonly timeout: number;
  readonly signal: AbortSignal;
  /** Told which line of the job has begun. */
  progress(step: number): void;
}

export type GuestResult =
  | { readonly ok: true; readonly heard: Heard }
  | { readonly ok: false; readonly failure: NotRehearsed; readonly heard: Heard | null };

/** Starts the kernel in QEMU and hears it to its end. Whatever the kernel does, it comes back within the time. */
export async function runGuest(run: GuestRun): Promise<GuestResult> {
  const machine = guestMachine(run.arch);
  const missing = whatIsMissing(run.path, run.arch);
  if (machine === null || missing !== null)
    return { ok: false, failure: { code: 'missing', detail: missing ?? '' }, heard: null };
  const end = performance.now() + run.timeout;
  // First as fast and as confined as can be; then without what this QEMU, or this machine, has not.
  let attempt = await tryGuest(run, machine, { kvm: true, confined: true }, end);
  if (/sandbox|seccomp/i.test(attempt.said) && attempt.heard.kernel === null)
    attempt = await tryGuest(run, machine, { kvm: true, confined: false }, end);
  const silent = attempt.heard.kernel === null && attempt.ending.is === 'ended';
  if (silent && performance.now() < end)
    attempt = await tryGuest(
      run,
      machine,
      { kvm: false, confined: !/sandbox|seccomp/i.test(attempt.said) },
      end,
    );
  return resultOf(attempt, run);
}

/** What a rehearsal of a kernel of this architecture needs and this machine does not have; null: nothing. */
export function whatIsMissing(path: string, arch: NodeJS.Architecture): string | null {
  const machine = guestMachine(arch);
  if (machine === null) return `there is no rehearsal on ${arch}, only on x86-64 and arm64`;
  if (findProgram(path, machine.program) === null)
    return `${machine.program} is not there: emerge app-emulation/qemu (QEMU_SOFTMMU_TARGETS)`;
  if (findProgram(path, 'setpriv') === null) return 'setpriv is not there: emerge sys-apps/util-linux';
  return null;
}

interface Attempt {
  readonly heard: Heard;
  readonly ending: Ending;
  /** What QEMU said itself, its last lines. */
  readonly said: string;
}

type Ending =
  | { readonly is: 'ended'; readonly how: string }
  | { readonly is: 'time' | 'spoilt' | 'interrupted' | 'whole' };

/** nobody(1): owns nothing. */
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
      // A process group of its own, to be ended as a whole.
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe', ...files],
      env: { PATH: run.path, LC_ALL: 'C' },
      cwd: '/',
    });
  } finally {
    for (const file of files) closeSync(file);
  }
  return await hearOut(guest);

  function attempt(ending: Ending, said: string): Attempt {
    return { heard: listener.heard(), ending, said };
  }

  function hearOut(child: ChildProcess): Promise<Attempt> {
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
        listener.hear(chunk);
        const { doing, whole, trouble } = listener.heard();
        if (doing !== null && doing !== step) {
          step = doing;
          run.progress(step);
        }
        if (whole) stop({ is: 'whole' });
        else if (trouble !== null) stop({ is: 'spoilt' });
      });
      child.stderr?.on('data', (chunk: Buffer) => {
        said = (said + chunk.toString()).slice(-SAID_MAX);
      });
      const done = (how: string): void => {
        clearTimeout(timer);
        run.signal.removeEventListener('abort', interrupt);
        // What it started and did not end.
        killGroup(child);
        resolve(attempt(ending ?? { is: 'ended', how }, said));
      };
      child.on('error', ({ message }) => done(message));
      child.on('close', (code, signal) => done(signal ?? `exit status ${code}`));
    });
  }
}

/**
 * Asked of setpriv: to be killed when the parent ends, however it ends. Where it ends before that is asked, timeout(1) ends
 * what was started.
 */
const DIES_WITH_US = ['--pdeathsig', 'KILL'];

/** As root it is somebody else, who may use KVM where a group may. */
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
    // All of it has ended.
  }
}

function resultOf({ heard, ending, said }: Attempt, { job, timeout }: GuestRun): GuestResult {
  if (heard.whole && heard.steps.length === job.length) return { ok: true, heard };
  const where = heard.doing === null ? '' : ` while it was at "${job[heard.doing] ?? ''}"`;
  const last = heard.lastWords === '' ? '' : `; its last words: ${heard.lastWords}`;
  switch (ending.is) {
    case 'interrupted':
      return failed('interrupted', 'it was interrupted');
    case 'time':
      return failed('time', `it had not ended after ${timeout / 1000} s${where}${last}`);
    case 'spoilt':
      return failed('kernel', `${heard.trouble ?? 'its report is damaged'}${where}`);
    case 'whole':
      return failed('kernel', 'it ended before the end of its job');
    case 'ended':
      if (heard.kernel !== null) return failed('kernel', `the kernel stopped${where}${last}`);
      return failed('kernel', `nothing was heard of it (${ending.how})${last || qemuWordsOf(said)}`);
  }

  function failed(code: NotRehearsed['code'], detail: string): GuestResult {
    return { ok: false, failure: { code, detail }, heard };
  }
}

/** What QEMU itself complained of. */
function qemuWordsOf(said: string): string {
  const lines = said.split('\n').filter((line) => line.trim() !== '');
  return lines.length === 0 ? '' : `: ${(lines.at(-1) ?? '').replace(/\p{Cc}+/gu, ' ')}`;
}
