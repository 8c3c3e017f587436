import type { Invocation } from './command.ts';
import { statusLine } from './commands/status-line.ts';
import { processTerminal } from './terminal.ts';

/**
 * Answers `status --line [--root DIR]` and nothing else, in a few ms: a shell asks it before every prompt. Returns
 * the exit status, or null where something else is asked.
 */
export function promptLine(words: readonly string[]): number | null {
  const [command, flag, option, root, ...others] = words;
  if (command !== 'status' || flag !== '--line' || others.length > 0) return null;
  if (option !== undefined && (option !== '--root' || root === undefined)) return null;
  const { env } = process;
  const invocation: Invocation = {
    terminal: processTerminal(env),
    env,
    args: [],
    flag: (name) => name === 'line',
    option: (name) => (name === 'root' ? (root ?? null) : null),
    now: () => Date.now(),
  };
  return statusLine(invocation);
}
