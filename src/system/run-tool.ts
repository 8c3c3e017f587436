import type { ChildProcessByStdio } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import { childProcess } from './seldom.ts';

/** What became of a program that was run. `said`: the beginning of what it wrote on standard error. */
export type Ran =
  | {
      readonly is: 'ended';
      readonly code: number | null;
      readonly by: NodeJS.Signals | null;
      readonly out: string;
      readonly said: string;
    }
  | { readonly is: 'overdue'; readonly said: string }
  /** It printed more than was allowed. */
  | { readonly is: 'too-long' }
  | { readonly is: 'not-run'; readonly why: string };

export interface RunOptions {
  readonly env?: NodeJS.ProcessEnv;
  /** ms. */
  readonly timeout: number;
  /** How long it may take to end once it is told to, ms; 0: it is killed at once. */
  readonly grace?: number;
  /** What it is given on standard input. */
  readonly input?: string;
  /** How much it may print, characters; without it nothing is read of what it prints. */
  readonly outMax?: number;
  readonly signal?: AbortSignal;
}

const SAID_MAX = 4096;
/** How long a program that was told to end, or was killed, may take for that, ms. */
const GRACE = 1000;
/** How long its last words may take to arrive after its end, ms: a child of it may hold the pipe for ever. */
const LAST_WORDS = 100;

/**
 * The one door to programs that are run to their end; no shell reads the words. Never rejects. A program that takes
 * longer, or prints too much, is ended with all that it started.
 *
 * execa would do this: loaded, it takes 14 MB and 0.1 s, more than the daemon may grow by or a look may take. Commands
 * that a person waits for use it (src/cli/pager.ts).
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
    // Nothing runs, and there may be no pipes either: the error comes in a moment.
    if (pid === undefined) return;
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      if (outMax === 0 || ended !== null) return;
      out += text;
      if (out.length > outMax) end('too-long');
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      said = (said + text).slice(0, SAID_MAX);
    });
    // It need not read what it is given.
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

    /** What waits for a device that does not answer is not ended by that either: then nobody waits for it. */
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
      // A child of it may hold them for longer; one that did not begin has none.
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

/** Some errors come as an event, others are thrown: a word that is too long, a want of memory. */
function begin(
  file: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv | undefined,
): ChildProcessByStdio<Writable, Readable, Readable> | Error {
  try {
    // In a process group of its own, which can be ended as a whole.
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
    // All of it has ended.
  }
}
