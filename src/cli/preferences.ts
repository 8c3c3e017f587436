import { DEFAULT_PREFERENCES, type Preferences } from '../model/preferences.ts';
import type { MachineInvocation } from './command.ts';
import type { Result } from './result.ts';
import { openDirectory } from './root-directory.ts';

/**
 * The preferences of the configuration: of the file that --config names, else of etc/aufswatch.toml in the root; the
 * defaults where there is none.
 */
export async function readPreferences(invocation: MachineInvocation): Promise<Result<Preferences>> {
  const named = invocation.options.config;
  const root = openDirectory(invocation.options.root ?? '/');
  if (!root.ok) return root;
  // Most machines have no such file, and to load the parser takes longer than the rest of the start.
  const isThere = named !== null || root.value.lstat('/etc/aufswatch.toml').known;
  if (!isThere) return { ok: true, value: DEFAULT_PREFERENCES };
  const { readSettings } = await import('../config/read-settings.ts');
  const settings = readSettings(named, root.value.path);
  return settings.ok
    ? { ok: true, value: settings.value.preferences }
    : { ok: false, message: settings.mistakes.join('; ') };
}
