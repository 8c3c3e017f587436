import type { Terminal } from './terminal.ts';

/**
 * Reports an unexpected error: a bug, unless the limit of open files is reached. Returns the exit status; with --debug it
 * throws the error again.
 */
export function reportBug(
  error: unknown,
  words: readonly string[],
  terminal: Pick<Terminal, 'fail'>,
): number {
  if (words.includes('--debug')) throw error;
  if (isOutOfFiles(error))
    return terminal.fail('too many open files (EMFILE); raise the limit, for example with: ulimit -n 1024');
  return terminal.fail(`internal error: ${String(error)} (please report it, with the output of --debug)`);
}

function isOutOfFiles(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'EMFILE' || error.code === 'ENFILE');
}
