import { DEFAULT_PREFERENCES, type Preferences } from '../model/preferences.ts';
import type { MachineInvocation } from './command.ts';
import type { Result } from './result.ts';
import { openDirectory } from './root-directory.ts';

/**
 * What the configuration says of the machine: of the file that --config names, else of the root's own
 * etc/aufswatch.toml; the defaults where there is none.
 */
export async function readPreferences(invocation: MachineInvocation): Promise<Result<Preferences>> {
  const named = invocation.options.config;
  const root = openDirectory(invocation.options.root ?? '/');
  if (!root.ok) return root;
  // Most machines have none, and the parser and its checks cost more than all the rest of the start.
  const isThere = named !== null || root.value.lstat('/etc/aufswatch.toml').known;
  if (!isThere) return { ok: true, value: DEFAULT_PREFERENCES };
  const { preferencesOf, readSettings } = await import('../config/read-settings.ts');
  const settings = readSettings(named, root.value.path);
  return settings.ok
    ? { ok: true, value: preferencesOf(settings.value) }
    : { ok: false, message: settings.mistakes.join('; ') };
}
