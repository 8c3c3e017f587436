import { spawn } from 'node:child_process';
import { closeSync, existsSync, openSync } from 'node:fs';

export type SessionLock =
  | {
      readonly state: 'taken';
      /** True for the first agent of the session. */
      readonly first: boolean;
      release(): void;
    }
  | { readonly state: 'held' }
  | { readonly state: 'impossible'; readonly detail: string };

/** The exit status of flock(1) if the lock is held, set with -E. */
const HELD = 75;

/**
 * Takes the lock of this session until this process ends. flock(1) holds the lock in a child that ends when our end of a
 * pipe closes, so an agent that was killed leaves nothing behind. Node has no flock(2), and SQLite's locks would cost the
 * agent 8 MB.
 */
export function takeSessionLock(path: string): Promise<SessionLock> {
  const first = !existsSync(path);
  try {
    closeSync(openSync(path, 'a', 0o600));
  } catch (error) {
    return Promise.resolve({ state: 'impossible', detail: `${path}: ${String(error)}` });
  }
  const words = ['--nonblock', '--conflict-exit-code', String(HELD), '--no-fork', path, 'cat'];
  const holder = spawn('flock', words, { stdio: ['pipe', 'pipe', 'ignore'] });
  // 'close' reports the end of the child; a broken pipe adds nothing.
  holder.stdin.on('error', () => {});
  return new Promise((resolve) => {
    holder.on('error', (error) => resolve({ state: 'impossible', detail: `flock: ${error.message}` }));
    holder.on('close', (code) =>
      resolve(code === HELD ? { state: 'held' } : { state: 'impossible', detail: `flock: status ${code}` }),
    );
    // Once flock has the lock it executes cat, which writes the line back.
    holder.stdout.once('data', () => resolve({ state: 'taken', first, release: () => holder.stdin.end() }));
    holder.stdin.write('\n');
  });
}
