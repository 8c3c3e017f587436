import { join, resolve } from 'node:path';

export const SETTINGS_PATH = '/etc/aufswatch.toml';

/** The configuration file of the system at `root`: the one that the user names, else its own. */
export function settingsPath(given: string | null, root: string): string {
  return given === null ? join(root, SETTINGS_PATH) : resolve(given);
}
