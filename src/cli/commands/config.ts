import { join } from 'node:path';
import { readSettings } from '../../config/read-settings.ts';
import type { Invocation } from '../command.ts';

/** `aufswatch config check`: is the configuration sound? One line a mistake. */
export function config(invocation: Invocation): number {
  const { terminal } = invocation;
  const [action] = invocation.args;
  if (action !== 'check') return terminal.fail(`config ${action ?? ''}: there is only "config check"`);
  const root = invocation.option('root');
  const named = invocation.option('config') ?? (root === null ? null : join(root, 'etc/aufswatch.toml'));
  const result = readSettings(named);
  if (result.ok) return 0;
  for (const mistake of result.mistakes) terminal.fail(mistake);
  return 1;
}
