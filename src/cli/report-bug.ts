import type { Terminal } from './terminal.ts';

/**
 * What is no mistake of the user's is one of ours, unless the system has no more files for this process. Returns the exit
 * status; throws with --debug.
 */
export function reportBug(
  error: unknown,
  words: readonly string[],
  terminal: Pick<Terminal, 'fail'>,
): number {
  if (words.includes('--debug')) throw error;
  if (isOutOfFiles(error))
    return terminal.fail(
      'no more files may be opened (EMFILE); raise the limit, for one with: ulimit -n 1024',
    );
  return terminal.fail(`internal error: ${String(error)} (please report it, with the output of --debug)`);
}

function isOutOfFiles(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'EMFILE' || error.code === 'ENFILE');
}
