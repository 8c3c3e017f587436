import type { Terminal } from './terminal.ts';

/** The words with the command that they ask for first: without one, the machine's status is what a person wants to see. */
export function withCommand(words: readonly string[]): readonly string[] {
  const isNamed = words.length > 0 && !/^--(root|config|debug|json)\b/.test(words[0] ?? '');
  return isNamed ? words : ['status', ...words];
}

/** Commands that are asked often, by hooks, scripts and impatient people: what runs them is compiled beforehand. */
export const QUICK = ['status', 'check', 'plan', 'history'] as const;
export type Quick = (typeof QUICK)[number];

/** Which of those the words ask for; null: another one. */
export function quickCommand(words: readonly string[]): Quick | null {
  const [name] = withCommand(words);
  return QUICK.find((quick) => quick === name) ?? null;
}

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
