import { fstatSync } from 'node:fs';
import { errorText, printed } from './printed.ts';
import { writeAll } from './write-all.ts';

/** Where a command writes to, and what may be shown there. */
export interface Terminal {
  out(text: string): void;
  /** An error on standard error: what happened, where, and what to do. Returns the exit status 1. */
  fail(message: string): number;
  readonly colour: boolean;
  /** May characters beyond ASCII be shown? */
  readonly unicode: boolean;
  /** Columns; 80 where it is no terminal. */
  readonly width: number;
  readonly interactive: boolean;
}

/** The process's own terminal, for a command that may run for days: a reader that is slow does not hold it up. */
export function processTerminal(env: NodeJS.ProcessEnv): Terminal {
  const failure = watchFailure((line) => process.stderr.write(line));
  process.stdout.on('error', failure.met);
  // There is nobody left to tell.
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
 * The same for a command that says what it has to say and ends. All is written when it returns. To load Node's own
 * streams takes as long as to find out what is to be said before a prompt, so only a terminal is asked for its size.
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
 * As bigint, for what Node keeps of the last other stat makes its realpathSync() take a path that it has seen for that of
 * a pipe, and leave the symlinks in it: then require() does not find what lies beside the module.
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
 * What cannot be written is no bug of the program. A reader that has gone (`aufswatch history | head`) is no error
 * either, and the exit status stays that of the command: `check` says with it what scripts go by.
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
