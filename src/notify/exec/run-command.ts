import { type ChildProcessByStdio, spawn } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import { visibleJson } from '../../model/visible.ts';
import type { ExecMessage } from './message.ts';
import type { ExecChannel } from './outbox.ts';

/** How much of what a command says on standard error is kept for the log. */
const SAID_MAX = 4096;
/** How long a command that is told to end may take for that, ms. */
const GRACE = 1000;
/** How long what it said may take to arrive after its end, ms: a child of it may hold the pipe for ever. */
const LAST_WORDS = 100;

/**
 * Runs a command of the configuration with the message as one line of JSON on its standard input; no shell reads
 * the words. Resolves to null when it exits with 0 in time, else to what went wrong, in one line. One that takes
 * longer is ended with all that it started.
 */
export function runCommand(
  { command, timeout }: ExecChannel,
  message: ExecMessage,
  signal: AbortSignal,
): Promise<string | null> {
  const [file = '', ...args] = command;
  return new Promise((resolve) => {
    if (signal.aborted) return resolve('it was not begun');
    const child = begin(file, args);
    if (child instanceof Error) return resolve(notRun(child));
    const { pid } = child;
    let said = '';
    let overdue = false;
    let killing: NodeJS.Timeout | null = null;
    const limit = setTimeout(() => {
      overdue = true;
      end();
    }, timeout);
    signal.addEventListener('abort', end);
    child.on('error', (error) => finish(notRun(error)));
    // Nothing runs, and there may be no pipes either: the error comes in a moment.
    if (pid === undefined) return;
    child.stderr.on('data', (data: Buffer) => {
      said = (said + data.toString()).slice(0, SAID_MAX);
    });
    // It need not read what it is told.
    child.stdin.on('error', () => {});
    child.stdin.end(`${visibleJson(message)}\n`);
    child.on('exit', (code, by) => {
      const answer = (): void => {
        child.stderr.destroy();
        finish(whatWentWrong(code, by, overdue ? timeout : null, said));
      };
      child.on('close', answer);
      setTimeout(answer, LAST_WORDS);
    });

    function end(): void {
      killGroup(pid, 'SIGTERM');
      killing ??= setTimeout(() => killGroup(pid, 'SIGKILL'), GRACE);
    }

    function finish(failure: string | null): void {
      clearTimeout(limit);
      signal.removeEventListener('abort', end);
      if (killing !== null) {
        clearTimeout(killing);
        killGroup(pid, 'SIGKILL');
      }
      resolve(failure);
    }
  });
}

/** Some errors come as an event, others are thrown: a word that is too long, a want of memory. */
function begin(file: string, args: readonly string[]): ChildProcessByStdio<Writable, null, Readable> | Error {
  try {
    // In a process group of its own, which can be ended as a whole.
    return spawn(file, args, { stdio: ['pipe', 'ignore', 'pipe'], detached: true });
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

function notRun({ message }: Error): string {
  return `it could not be run: ${message}`;
}

function whatWentWrong(
  code: number | null,
  by: NodeJS.Signals | null,
  timeout: number | null,
  said: string,
): string | null {
  if (timeout === null && code === 0) return null;
  const what =
    timeout !== null
      ? `ran longer than ${timeout / 1000} s`
      : code === null
        ? `ended by ${by}`
        : `exit status ${code}`;
  const line = said.trim().split('\n')[0] ?? '';
  return line === '' ? what : `${what}: ${line}`;
}

function killGroup(pid: number | undefined, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch {
    // All of it has ended.
  }
}
