import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** The program as it is bundled, in the clone. */
export const BUNDLED = join(import.meta.dirname, '../../../dist');
/** A copy outside of the clone's dist: from dist itself, hints say `npx aufswatch`. */
const INSTALLED = join(import.meta.dirname, '../../program/dist');
export const PROGRAM = join(INSTALLED, 'aufswatch.cjs');
/** Written last by the bundler. */
const LAST = 'quick.cjs.cache';
/** The same with a file for each module of the sources. */
export const IN_MODULES = join(import.meta.dirname, '../../src/cli/aufswatch.js');

/** Copies the bundle to PROGRAM if it is newer. */
export function installProgram(): void {
  const [from, to] = [join(BUNDLED, LAST), join(INSTALLED, LAST)];
  if (existsSync(to) && statSync(to).mtimeMs > statSync(from).mtimeMs) return;
  rmSync(INSTALLED, { recursive: true, force: true });
  cpSync(BUNDLED, INSTALLED, { recursive: true });
}

export interface Answer {
  readonly status: number | null;
  readonly out: string;
  readonly error: string;
}

export interface RunOptions {
  readonly env?: NodeJS.ProcessEnv;
  /** The user that runs it. */
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
