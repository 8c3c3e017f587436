import { visibleJson } from '../../model/visible.ts';
import { type Ran, runTool } from '../../system/run-tool.ts';
import type { ExecMessage } from './message.ts';
import type { ExecChannel } from './outbox.ts';

/**
 * Runs a command of the configuration with the message as one line of JSON on its standard input. Resolves to null if it
 * exits with 0 in time, else to one line that says what went wrong.
 */
export async function runCommand(
  { command, timeoutMs }: ExecChannel,
  message: ExecMessage,
  signal: AbortSignal,
): Promise<string | null> {
  const [file = '', ...args] = command;
  const ran = await runTool(file, args, { timeout: timeoutMs, input: `${visibleJson(message)}\n`, signal });
  if (ran.is === 'ended' && ran.code === 0) return null;
  const line = 'said' in ran ? (ran.said.trim().split('\n')[0] ?? '') : '';
  const what = whatWentWrong(ran, timeoutMs);
  return line === '' ? what : `${what}: ${line}`;
}

function whatWentWrong(ran: Ran, timeoutMs: number): string {
  switch (ran.is) {
    case 'not-run':
      return ran.why;
    case 'overdue':
      return `ran longer than ${timeoutMs / 1000} s`;
    case 'too-long':
      return 'printed too much';
    case 'ended':
      return ran.code === null ? `ended by ${ran.by}` : `exit status ${ran.code}`;
  }
}
