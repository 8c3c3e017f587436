import { execa } from 'execa';
import type { ExecMessage } from './message.ts';
import type { ExecChannel } from './outbox.ts';

/** How much of what a command prints is kept for the log. */
const OUTPUT_MAX = 4096;

/**
 * Runs a command of the configuration with the message as one line of JSON on its standard input; no shell reads
 * the words. Resolves to null when it exits with 0 in time, else to what went wrong, in one line.
 */
export async function runCommand(
  { command, timeout }: ExecChannel,
  message: ExecMessage,
  signal: AbortSignal,
): Promise<string | null> {
  const [file = '', ...args] = command;
  const result = await execa(file, args, {
    input: `${JSON.stringify(message)}\n`,
    timeout,
    cancelSignal: signal,
    // A command that ignores SIGTERM must not stay for ever.
    forceKillAfterDelay: 2000,
    reject: false,
    stdout: 'ignore',
    maxBuffer: OUTPUT_MAX,
  });
  if (!result.failed) return null;
  const said = result.stderr.trim().split('\n')[0] ?? '';
  const what = result.timedOut
    ? `ran longer than ${timeout / 1000} s`
    : result.exitCode !== undefined
      ? `exit status ${result.exitCode}`
      : (result.shortMessage?.split('\n')[0] ?? 'it could not be run');
  return said === '' ? what : `${what}: ${said}`;
}
