import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { DEFAULT_PREFERENCES, type Preferences } from '../model/preferences.ts';
import type { Invocation } from './command.ts';
import type { Result } from './result.ts';

/**
 * What the configuration says of the machine: of the file that --config names, else of the root's own
 * etc/aufswatch.toml; the defaults where there is none.
 */
export async function readPreferences(invocation: Invocation): Promise<Result<Preferences>> {
  const named = invocation.option('config');
  const path = named ?? join(invocation.option('root') ?? '/', 'etc/aufswatch.toml');
  // Most machines have none, and the parser and its checks cost more than all the rest of the start.
  if (named === null && !existsSync(path)) return { ok: true, value: DEFAULT_PREFERENCES };
  const { preferencesOf, readSettings } = await import('../config/read-settings.ts');
  const settings = readSettings(path);
  return settings.ok
    ? { ok: true, value: preferencesOf(settings.value) }
    : { ok: false, message: settings.mistakes.join('; ') };
}
