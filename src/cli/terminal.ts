import { fstatSync } from 'node:fs';
import { errorText, printed } from './printed.ts';
import { writeAll } from './write-all.ts';

/** Where a command writes, and what can be shown there. */
export interface Terminal {
  out(text: string): void;
  /** An error on standard error: what happened, where, and what to do. Returns the exit status 1. */
  fail(message: string): number;
  readonly colour: boolean;
  /** Can it show characters beyond ASCII? */
  readonly unicode: boolean;
  /** Columns; 80 where it is no terminal. */
  readonly width: number;
  readonly interactive: boolean;
}

/** The terminal of the process, for a command that may run for days: a slow reader does not block it. */
export function processTerminal(env: NodeJS.ProcessEnv): Terminal {
  const failure = watchFailure((line) => process.stderr.write(line));
  process.stdout.on('error', failure.met);
  // There is no other place to report it.
  process.stderr.on('error', () => {});
  return {
    out: (text) => {
      process.stdout.write(printed(text));
    },
    fail: (message) => {
      process.stderr.write(errorText(message, columnsOf(process.stderr)));
      return 1;
    },
    ...lookOf(process.stdout, env),
  };
}

/**
 * The same for a short command: each call returns when all is written. To load Node's own streams would double the time
 * of the line before a prompt, so they are loaded only for the size of a terminal.
 */
export function shortTerminal(env: NodeJS.ProcessEnv): Terminal {
  const failure = watchFailure((line) => writeAll(STDERR, line));
  return {
    out: (text) => failure.met(writeAll(STDOUT, printed(text))),
    fail: (message) => {
      writeAll(STDERR, errorText(message, isDevice(STDERR) ? columnsOf(process.stderr) : null));
      return 1;
    },
    ...lookOf(isDevice(STDOUT) ? process.stdout : {}, env),
  };
}

const STDOUT = 1;
const STDERR = 2;

/**
 * With bigint: a stat without it leaves a result in a buffer of Node. There realpathSync() then takes a known path for a
 * pipe and does not resolve its symlinks, and require() does not find the files beside the module.
 */
function isDevice(fd: number): boolean {
  return fstatSync(fd, { bigint: true }).isCharacterDevice();
}

/** Colour only on a terminal and without NO_COLOR (no-color.org). */
function lookOf(
  { isTTY, columns }: { isTTY?: boolean; columns?: number },
  env: NodeJS.ProcessEnv,
): Pick<Terminal, 'colour' | 'unicode' | 'width' | 'interactive'> {
  const interactive = isTTY === true;
  return {
    colour: interactive && (env.NO_COLOR ?? '') === '' && env.TERM !== 'dumb',
    unicode: /utf-?8/i.test(env.LC_ALL || env.LC_CTYPE || env.LANG || ''),
    width: columnsOf({ isTTY: interactive, columns: columns ?? 0 }) ?? 80,
    interactive,
  };
}

/** The width of a terminal; null: the stream is none. */
export function columnsOf({ isTTY, columns }: { isTTY?: boolean; columns?: number }): number | null {
  // A serial console does not know its size and reports 0.
  return isTTY === true ? Math.max(40, columns || 80) : null;
}

/**
 * A failed write is not a bug of the program: it is reported once, and the exit status becomes 1 where it was 0. A reader
 * that closed the pipe (`aufswatch history | head`) is no error: scripts rely on the exit status of `check`.
 */
function watchFailure(tell: (line: string) => void): { met(error: NodeJS.ErrnoException | null): void } {
  let failed: string | null = null;
  process.on('exit', (code) => {
    if (failed !== null && code === 0) process.exitCode = 1;
  });
  return {
    met: (error) => {
      if (error === null || error.code === 'EPIPE' || failed !== null) return;
      failed = error.code ?? error.message;
      tell(`aufswatch: standard output cannot be written: ${failed}\n`);
    },
  };
}
