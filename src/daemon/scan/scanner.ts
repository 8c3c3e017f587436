import { type ChildProcess, spawn } from 'node:child_process';
import { awaitedPath, progressOf } from '../../system/awaited-path.ts';
import { isAnswer, type ScanAnswer, type ScanRequest } from './request.ts';

/**
 * Scans the machine in a process of its own. A system call to a file system that does not answer cannot be ended, not
 * even by SIGKILL, and would block the daemon. So it blocks that process, and the daemon abandons it.
 */
export interface Scanner {
  /** Never rejects. Call it for one scan at a time. */
  scan(request: ScanRequest): Promise<Scanned>;
  /** Ends a scan that is under way (`stopped`) and the process. Returns at once, even if the process is blocked. */
  close(): void;
}

export type Scanned =
  | ({ readonly outcome: 'seen' } & Omit<ScanAnswer, 'form'>)
  /** A file system has not answered for `silent` ms. `path`: what was read there; null: not known. */
  | { readonly outcome: 'no-answer'; readonly path: string | null; readonly silent: number }
  | { readonly outcome: 'failed'; readonly why: string }
  | { readonly outcome: 'stopped' };

export interface ScannerOptions {
  /** The words that start such a process: a program and its arguments. */
  readonly command: readonly [string, ...string[]];
  /** Called each time the scan makes progress. */
  progress(): void;
  /** Called when a file system that did not answer answers again. */
  answered(): void;
  /** How long a scan may go without progress, ms. */
  readonly silence?: number;
  /** How long the process is kept for the next scan, ms. */
  readonly keep?: number;
}

/** A server that restarts, or a disk that spins up, takes less. */
const SILENCE = 30_000;
/** During an emerge there is a scan every few seconds. After that, the memory is worth more than 0.1 s to start. */
const KEEP = 10_000;
const CHECK_EVERY = 1000;

export function createScanner(options: ScannerOptions): Scanner {
  const { command, progress, answered, silence = SILENCE, keep = KEEP } = options;
  let child: ChildProcess | null = null;
  let idle: NodeJS.Timeout | null = null;
  /** The process that was abandoned, while it is still blocked. */
  let stuck: { readonly path: string | null; readonly since: number } | null = null;
  let finish: ((scanned: Scanned) => void) | null = null;
  let isClosed = false;

  return {
    scan: (request) => {
      if (isClosed) return Promise.resolve({ outcome: 'stopped' });
      // A further process would block as well.
      if (stuck !== null) {
        const silent = performance.now() - stuck.since;
        return Promise.resolve({ outcome: 'no-answer', path: stuck.path, silent });
      }
      return run(request);
    },
    close: () => {
      isClosed = true;
      finish?.({ outcome: 'stopped' });
      abandon();
    },
  };

  async function run(request: ScanRequest): Promise<Scanned> {
    if (idle !== null) clearTimeout(idle);
    const process = child ?? start();
    let check: NodeJS.Timeout | null = null;
    const scanned = await new Promise<Scanned>((resolve) => {
      finish = resolve;
      check = watchSilence(process, resolve);
      process.send(request, (error) => {
        if (error !== null) resolve({ outcome: 'failed', why: error.message });
      });
    });
    finish = null;
    if (check !== null) clearInterval(check);
    if (scanned.outcome === 'seen') idle = setTimeout(abandon, keep).unref();
    else abandon();
    return scanned;
  }

  function start(): ChildProcess {
    const [program, ...words] = command;
    const started = spawn(program, words, {
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      serialization: 'advanced',
    });
    child = started;
    started.on('message', (message) => finish?.(scannedOf(message)));
    started.on('error', (error) => ended(started, error.message));
    started.on('exit', (code, signal) => ended(started, `it ended (${code ?? signal})`));
    return started;
  }

  function ended(which: ChildProcess, why: string): void {
    if (child !== which) return;
    child = null;
    finish?.({ outcome: 'failed', why });
  }

  function watchSilence(process: ChildProcess, resolve: (scanned: Scanned) => void): NodeJS.Timeout {
    let last: string | null = null;
    let since = performance.now();
    return setInterval(
      () => {
        const { pid } = process;
        const now = pid === undefined ? null : progressOf(pid);
        if (now !== last) {
          last = now;
          since = performance.now();
          progress();
          return;
        }
        const silent = performance.now() - since;
        if (pid === undefined || silent < silence) return;
        const path = awaitedPath(pid);
        stuck = { path, since };
        process.once('exit', () => {
          stuck = null;
          if (!isClosed) answered();
        });
        resolve({ outcome: 'no-answer', path, silent });
      },
      Math.min(CHECK_EVERY, silence / 2),
    );
  }

  /** Kills the process and does not wait for it, so that the daemon can end while it is blocked. */
  function abandon(): void {
    if (idle !== null) clearTimeout(idle);
    idle = null;
    const old = child;
    child = null;
    if (old === null) return;
    old.kill('SIGKILL');
    if (old.connected) old.disconnect();
    old.unref();
  }
}

function scannedOf(message: unknown): Scanned {
  if (!isAnswer(message)) {
    return { outcome: 'failed', why: 'the program on the disk is of another version: restart the service' };
  }
  if ('failure' in message) return { outcome: 'failed', why: message.failure };
  const { form: _, ...seen } = message;
  return { outcome: 'seen', ...seen };
}
