import { spawn } from 'node:child_process';
import { closeSync, existsSync, openSync } from 'node:fs';

export type SessionLock =
  | {
      readonly state: 'taken';
      /** Is this the first agent of the session? */
      readonly first: boolean;
      release(): void;
    }
  | { readonly state: 'held' }
  | { readonly state: 'impossible'; readonly detail: string };

/** flock(1), -E. */
const HELD = 75;

/**
 * Takes the lock of this session for as long as this process lives. flock(1) holds it in a process that ends when
 * our end of a pipe does, so that nothing is left of an agent that was killed. Node itself has no flock(2), and
 * SQLite's locks would cost the agent 8 MB.
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
  // Its end is told by 'close'; a pipe that breaks meanwhile tells nothing more.
  holder.stdin.on('error', () => {});
  return new Promise((resolve) => {
    holder.on('error', (error) => resolve({ state: 'impossible', detail: `flock: ${error.message}` }));
    holder.on('close', (code) =>
      resolve(code === HELD ? { state: 'held' } : { state: 'impossible', detail: `flock: status ${code}` }),
    );
    // flock becomes cat once it holds the lock, and cat writes the line back.
    holder.stdout.once('data', () => resolve({ state: 'taken', first, release: () => holder.stdin.end() }));
    holder.stdin.write('\n');
  });
}
