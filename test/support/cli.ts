import { spawnSync } from 'node:child_process';
import { run } from '../../src/cli/run.ts';
import type { Terminal } from '../../src/cli/terminal.ts';
import { PROGRAM } from './program.ts';

/** The output and exit status of one call of the program. */
export interface Outcome {
  readonly exit: number;
  readonly out: string;
  readonly err: string;
}

/** Runs a command in this process, on a terminal of 80 columns that records the output. */
export async function runInside(
  words: readonly string[],
  terminal: Partial<Pick<Terminal, 'colour' | 'unicode' | 'width'>> = {},
): Promise<Outcome> {
  const written = { out: '', err: '' };
  const exit = await run(
    words,
    {},
    {
      colour: false,
      unicode: true,
      width: 80,
      interactive: false,
      ...terminal,
      out: (text) => {
        written.out += text;
      },
      fail: (message) => {
        written.err += `aufswatch: ${message}\n`;
        return 1;
      },
    },
  );
  return { exit, ...written };
}

/** Runs the program in its own process, as a user does. */
export function runProgram(words: readonly string[], env: Readonly<Record<string, string>> = {}): Outcome {
  const done = spawnSync(process.execPath, [PROGRAM, ...words], {
    encoding: 'utf8',
    timeout: 60_000,
    maxBuffer: 64 * 1024 * 1024,
    env: { PATH: process.env.PATH ?? '', TZ: 'UTC', LANG: 'C.UTF-8', ...env },
  });
  return { exit: done.status ?? -1, out: done.stdout, err: done.stderr };
}
