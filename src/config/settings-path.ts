import { join, resolve } from 'node:path';

export const SETTINGS_PATH = '/etc/aufswatch.toml';

/** Where the configuration of the system at `root` is read from: the file that the user names, else its own. */
export function settingsPath(given: string | null, root: string): string {
  return given === null ? join(root, SETTINGS_PATH) : resolve(given);
}
