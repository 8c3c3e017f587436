import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

/** The program as it is compiled for the tests. */
export const PROGRAM = join(import.meta.dirname, '../../src/cli/aufswatch.js');

export interface Answer {
  readonly status: number | null;
  readonly out: string;
  readonly error: string;
}

export interface RunOptions {
  readonly env?: NodeJS.ProcessEnv;
  /** User to be while it runs. */
  readonly uid?: number;
}

/** Runs `aufswatch` with these words, to its end. */
export function aufswatch(words: readonly string[], { env = {}, uid }: RunOptions = {}): Answer {
  const user = uid === undefined ? {} : { uid, gid: uid };
  const { status, stdout, stderr } = spawnSync(process.execPath, [PROGRAM, ...words], {
    ...user,
    env: { PATH: process.env.PATH, LC_ALL: 'C.UTF-8', ...env },
    encoding: 'utf8',
    timeout: 60_000,
  });
  return { status, out: stdout, error: stderr };
}
