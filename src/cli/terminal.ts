/** Where a command writes to, and what may be shown there. */
export interface Terminal {
  out(text: string): void;
  /** One line on standard error: what happened, where, and what to do. Returns the exit status 1. */
  fail(message: string): number;
  readonly colour: boolean;
  /** May characters beyond ASCII be shown? */
  readonly unicode: boolean;
  /** Columns; 80 where it is no terminal. */
  readonly width: number;
  readonly interactive: boolean;
}

/** The process's own terminal. Colour only on a terminal and without NO_COLOR (no-color.org). */
export function processTerminal(env: NodeJS.ProcessEnv): Terminal {
  watchStreams();
  const interactive = process.stdout.isTTY === true;
  return {
    out: (text) => {
      process.stdout.write(text);
    },
    fail: (message) => {
      process.stderr.write(`aufswatch: ${message}\n`);
      return 1;
    },
    colour: interactive && (env.NO_COLOR ?? '') === '' && env.TERM !== 'dumb',
    unicode: /utf-?8/i.test(env.LC_ALL || env.LC_CTYPE || env.LANG || ''),
    // A serial console does not know its size and says 0.
    width: interactive ? Math.max(40, process.stdout.columns || 80) : 80,
    interactive,
  };
}

/**
 * What cannot be written is no bug of the program. A reader that has gone (`aufswatch history | head`) is no error
 * either, and the exit status stays that of the command: `check` says with it what scripts go by.
 */
function watchStreams(): void {
  let failed: string | null = null;
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE' || failed !== null) return;
    failed = error.code ?? error.message;
    process.stderr.write(`aufswatch: standard output cannot be written: ${failed}\n`);
  });
  // There is nobody left to tell.
  process.stderr.on('error', () => {});
  process.on('exit', (code) => {
    if (failed !== null && code === 0) process.exitCode = 1;
  });
}
