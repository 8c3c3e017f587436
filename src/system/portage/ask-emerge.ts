/** The output of emerge, or why there is none, for a person. */
export type EmergeAnswer =
  | { readonly ok: true; readonly text: string }
  | { readonly ok: false; readonly message: string };

export interface EmergeQuestion {
  /** Options and atoms from the user. */
  readonly words: readonly string[];
  /** The program, a path or a name. */
  readonly command?: string;
  /** ms. */
  readonly timeout: number;
  readonly env: NodeJS.ProcessEnv;
}

const ANSWER_MAX = 8 * 1024 * 1024;

/**
 * Runs `emerge --pretend`. --verbose prints slots and USE flags; options in EMERGE_DEFAULT_OPTS that would prevent
 * that are reverted (emerge(1)). It never rejects. An emerge that takes longer than `timeout` is ended.
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

/** How an emerge failed. */
interface Failed {
  readonly timedOut: boolean;
  readonly isMaxBuffer?: boolean;
  readonly code?: string | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

/** Why emerge failed, in one line, with its own message if it printed one. `timeout` in ms. */
function failureWords(command: string, failed: Failed, timeout: number): string {
  if (failed.code === 'ENOENT') return `there is no ${command} on this system`;
  if (failed.timedOut) return `emerge took longer than ${Math.round(timeout / 1000)} s; see --timeout`;
  if (failed.isMaxBuffer === true) return 'emerge printed more than can be read';
  const lines = `${failed.stderr}\n${failed.stdout}`.split('\n').map((line) => line.trim());
  const own = lines.find((line) => /^(?:emerge: there are no|!!! |emerge: error)/.test(line));
  const words = own ?? lines.findLast((line) => line !== '');
  return words === undefined ? 'emerge failed without a word' : `emerge failed: ${words}`;
}
