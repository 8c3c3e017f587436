import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PROGRAM } from './program.ts';

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

/** A directory for a PATH, with a command `aufswatch` that reads the given root. */
export function commandFor(directory: string, root: string): string {
  const path = join(directory, 'aufswatch');
  mkdirSync(directory, { recursive: true });
  writeFileSync(
    path,
    `#!/bin/bash\nexec '${process.execPath}' '${PROGRAM}' "$1" --root '${root}' "\${@:2}"\n`,
    {
      mode: 0o755,
    },
  );
  return directory;
}
