import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

/** The program as it is shipped: test/run.ts bundles it where its sources are newer. */
export const PROGRAM = join(import.meta.dirname, '../../../dist/aufswatch.cjs');
/** The same, a file for each module of the sources. */
export const IN_MODULES = join(import.meta.dirname, '../../src/cli/aufswatch.js');

export interface Answer {
  readonly status: number | null;
  readonly out: string;
  readonly error: string;
}

export interface RunOptions {
  readonly env?: NodeJS.ProcessEnv;
  /** User to be while it runs. */
  readonly uid?: number;
  readonly program?: string;
}

/** Runs `aufswatch` with these words, to its end. */
export function aufswatch(
  words: readonly string[],
  { env = {}, uid, program = PROGRAM }: RunOptions = {},
): Answer {
  const user = uid === undefined ? {} : { uid, gid: uid };
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...words], {
    ...user,
    env: { PATH: process.env.PATH, LC_ALL: 'C.UTF-8', ...env },
    encoding: 'utf8',
    timeout: 60_000,
  });
  return { status, out: stdout, error: stderr };
}
