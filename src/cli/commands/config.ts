import { readSettings } from '../../config/read-settings.ts';
import type { Invocation } from '../command.ts';

/** `aufswatch config check`: is the configuration sound? One line a mistake. */
export function config(invocation: Invocation): number {
  const { terminal } = invocation;
  const [action] = invocation.args;
  if (action !== 'check') return terminal.fail(`config ${action ?? ''}: there is only "config check"`);
  const result = readSettings(invocation.option('config'), invocation.option('root') ?? '/');
  if (result.ok) return 0;
  for (const mistake of result.mistakes) terminal.fail(mistake);
  return 1;
}
