import { failureWords } from './emerge-failure.ts';

/** What emerge answered, or why it did not, for a person. */
export type EmergeAnswer =
  | { readonly ok: true; readonly text: string }
  | { readonly ok: false; readonly message: string };

export interface EmergeQuestion {
  /** Options and atoms of the user's. */
  readonly words: readonly string[];
  /** The program; a path or a name. */
  readonly command?: string;
  /** ms. */
  readonly timeout: number;
  readonly env: NodeJS.ProcessEnv;
}

const ANSWER_MAX = 8 * 1024 * 1024;

/**
 * What `emerge --pretend` would do. --verbose tells slots and USE flags; what EMERGE_DEFAULT_OPTS has against it is taken
 * back (emerge(1)). Resolves in any case; an emerge that takes longer than `timeout` is ended.
 */
export async function askEmerge({
  words,
  command = 'emerge',
  timeout,
  env,
}: EmergeQuestion): Promise<EmergeAnswer> {
  const { execa } = await import('execa');
  const args = ['--pretend', '--verbose=y', '--quiet=n', '--ask=n', '--color=n', '--nospinner', ...words];
  const result = await execa(command, args, {
    env: { ...env, LC_ALL: 'C.UTF-8', NOCOLOR: 'true' },
    stdin: 'ignore',
    timeout,
    maxBuffer: ANSWER_MAX,
    reject: false,
    forceKillAfterDelay: 5000,
  });
  if (!result.failed) return { ok: true, text: result.stdout };
  return { ok: false, message: failureWords(command, result, timeout) };
}
