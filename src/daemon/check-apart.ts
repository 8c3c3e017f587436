import { spawn } from 'node:child_process';
import type { FileState } from '../ledger/maintain.ts';
import { CHECKS } from './helper-words.ts';

/** Exit statuses of that process. */
export const EXIT_OF: Readonly<Record<FileState, number>> = { sound: 0, damaged: 3, unknown: 1 };

/**
 * Checks the database in a file in another process, which `signal` ends: a ledger of millions of events takes a minute.
 * `program`: the words that start this program.
 */
export function checkApart(
  program: readonly [string, ...string[]],
  path: string,
  signal: AbortSignal,
): Promise<FileState> {
  const [command, ...words] = program;
  return new Promise((resolve) => {
    const child = spawn(command, [...words, CHECKS, path], {
      stdio: ['ignore', 'ignore', 'inherit'],
      signal,
      killSignal: 'SIGKILL',
    });
    child.on('error', () => resolve('unknown'));
    child.on('exit', (code) => {
      const states: readonly FileState[] = ['sound', 'damaged'];
      resolve(states.find((state) => EXIT_OF[state] === code) ?? 'unknown');
    });
  });
}
