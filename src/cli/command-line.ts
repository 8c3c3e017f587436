/** What a command line requests. */
export type CommandLine =
  | { readonly kind: 'command'; readonly name: string; readonly words: readonly string[] }
  | { readonly kind: 'help'; readonly name: string | null }
  | { readonly kind: 'version' };

/** Options with a value that may precede the command's name. */
const BEFORE = ['--root', '--config', '--snapshot'];

/** Finds the command among the words. Without one it is `status`. */
export function readCommandLine(words: readonly string[]): CommandLine {
  let at = 0;
  while (/^-./.test(words[at] ?? '')) at += BEFORE.includes(words[at] ?? '') ? 2 : 1;
  const before = words.slice(0, at);
  const name = words[at] ?? null;
  const after = words.slice(at + 1);
  const end = after.indexOf('--');
  const isGiven = (...flags: readonly string[]): boolean =>
    [...before, ...(end === -1 ? after : after.slice(0, end))].some((word) => flags.includes(word));
  if (name === 'help') return { kind: 'help', name: after[0] ?? null };
  if (isGiven('--help', '-h')) return { kind: 'help', name };
  if (name === null && isGiven('--version', '-V')) return { kind: 'version' };
  return { kind: 'command', name: name ?? 'status', words: [...before, ...after] };
}

/** Commands that hooks, scripts and people run often. */
export const FREQUENT = ['status', 'check', 'plan', 'history'] as const;
export type FrequentName = (typeof FREQUENT)[number];

/** null: it is not a frequent command. */
export function frequentName(name: string): FrequentName | null {
  return FREQUENT.find((often) => often === name) ?? null;
}
