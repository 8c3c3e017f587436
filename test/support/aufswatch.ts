import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';

const PROGRAM = resolve(import.meta.dirname, '../../src/cli/aufswatch.js');

export interface ProgramResult {
  readonly status: number | null;
  readonly output: string;
  readonly errors: string;
}

/** Runs the program to its end, as a user would, without the caller's own directories and colours. */
export function aufswatch(args: readonly string[], env: NodeJS.ProcessEnv = {}): ProgramResult {
  const result = spawnSync(process.execPath, [PROGRAM, ...args], {
    encoding: 'utf8',
    timeout: 60_000,
    env: { PATH: process.env.PATH, HOME: process.env.HOME, LC_ALL: 'C.UTF-8', ...env },
  });
  return { status: result.status, output: result.stdout, errors: result.stderr };
}
