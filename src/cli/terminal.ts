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
  // `aufswatch history | head` closes the pipe early, which is no error.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    process.exit(0);
  });
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
    width: interactive ? Math.max(40, process.stdout.columns) : 80,
    interactive,
  };
}
