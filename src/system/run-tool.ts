import type { ChildProcessByStdio } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import { childProcess } from './seldom.ts';

/** The result of a program. `said`: the beginning of what it wrote to standard error. */
export type Ran =
  | {
      readonly is: 'ended';
      readonly code: number | null;
      readonly by: NodeJS.Signals | null;
      readonly out: string;
      readonly said: string;
    }
  | { readonly is: 'overdue'; readonly said: string }
  /** It printed more than `outMax`. */
  | { readonly is: 'too-long' }
  | { readonly is: 'not-run'; readonly why: string };

export interface RunOptions {
  readonly env?: NodeJS.ProcessEnv;
  /** ms. */
  readonly timeout: number;
  /** Time from SIGTERM to SIGKILL, ms; 0: it is killed at once. */
  readonly grace?: number;
  /** Text for its standard input. */
  readonly input?: string;
  /** How much it may print, characters. Without it, its output is not read. */
  readonly outMax?: number;
  readonly signal?: AbortSignal;
}

const SAID_MAX = 4096;
/** How long a program may take to end after SIGTERM or SIGKILL, ms. */
const GRACE = 1000;
/** How long to wait for its last output after its end, ms: a child of it may hold the pipe for ever. */
const LAST_WORDS = 100;

/**
 * Runs a program to its end, without a shell. All programs that are run to their end go through this function. It
 * never rejects. A program that takes too long or prints too much is ended with all processes that it started.
 *
 * execa would do this, but to load it takes 14 MB and 0.1 s: more than the daemon may grow by or a scan may take.
 * Commands that a person waits for use it (src/cli/pager.ts).
 */
export function runTool(
  file: string,
  args: readonly string[],
  { env, timeout, grace = GRACE, input, outMax = 0, signal }: RunOptions,
): Promise<Ran> {
  return new Promise((resolve) => {
    if (signal?.aborted) return resolve({ is: 'not-run', why: 'it was not begun' });
    const begun = begin(file, args, env);
    if (begun instanceof Error) return resolve(notRun(begun));
    const child = begun;
    const { pid } = child;
    let out = '';
    let said = '';
    let ended: 'overdue' | 'too-long' | null = null;
    let killing: NodeJS.Timeout | null = null;
    const limit = setTimeout(() => end('overdue'), timeout);
    const abort = (): void => end(null);
    signal?.addEventListener('abort', abort);
    child.on('error', (error) => finish(notRun(error)));
    // Nothing runs, and the pipes may be missing: the error event follows.
    if (pid === undefined) return;
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      if (outMax === 0 || ended !== null) return;
      out += text;
      if (out.length > outMax) end('too-long');
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      said = (said + text).slice(0, SAID_MAX);
    });
    // The program need not read its input.
    child.stdin.on('error', () => {});
    child.stdin.end(input ?? '');
    child.on('exit', (code, by) => {
      const answer = (): void => finish({ is: 'ended', code, by, out, said });
      child.on('close', answer);
      setTimeout(answer, LAST_WORDS);
    });

    function end(why: typeof ended): void {
      ended ??= why;
      if (grace > 0) killGroup(pid, 'SIGTERM');
      killing ??= setTimeout(kill, grace);
    }

    /** SIGKILL does not end a process that waits for a device that does not answer. Then nobody waits for it. */
    function kill(): void {
      killGroup(pid, 'SIGKILL');
      killing = setTimeout(() => finish({ is: 'overdue', said }), GRACE);
    }

    function finish(ran: Ran): void {
      clearTimeout(limit);
      signal?.removeEventListener('abort', abort);
      if (killing !== null) {
        clearTimeout(killing);
        killGroup(pid, 'SIGKILL');
      }
      // A child of the program may hold the pipes for longer. A program that did not start has none.
      child.stdout?.destroy();
      child.stderr?.destroy();
      child.unref();
      resolve(
        ended === 'overdue' ? { is: 'overdue', said } : ended === 'too-long' ? { is: 'too-long' } : ran,
      );
    }
  });
}

function notRun({ message }: Error): Ran {
  return { is: 'not-run', why: `it could not be run: ${message}` };
}

/** Some errors come as an event, others are thrown: too long an argument, too little memory. */
function begin(
  file: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv | undefined,
): ChildProcessByStdio<Writable, Readable, Readable> | Error {
  try {
    // A process group of its own, so that it can be ended as a whole.
    const options = { detached: true, ...(env === undefined ? {} : { env }) };
    return childProcess().spawn(file, args, { ...options, stdio: ['pipe', 'pipe', 'pipe'] });
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

function killGroup(pid: number | undefined, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch {
    // All of the group has ended.
  }
}
