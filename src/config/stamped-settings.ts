import type { Stamped } from '../published/form.ts';
import { stampToKeep } from '../system/rests/compare.ts';
import { readSettings, type SettingsResult } from './read-settings.ts';
import type { Settings } from './settings.ts';
import { settingsPath } from './settings-path.ts';

/** Settings, and the file that they were read from. */
export interface StampedSettings {
  readonly value: Settings;
  /** The file as it was before it was read; null: a change of it may not show in its stamp. */
  readonly from: Stamped | null;
}

export type StampedSettingsResult =
  | ({ readonly ok: true } & StampedSettings)
  | Extract<SettingsResult, { readonly ok: false }>;

/** readSettings() with the stamp of the file. `now`: ms since the epoch. */
export function readStampedSettings(given: string | null, root: string, now: number): StampedSettingsResult {
  // The stamp first, so that it is never newer than the content.
  const path = settingsPath(given, root);
  const stamp = stampToKeep(path, now);
  const result = readSettings(given, root);
  return result.ok ? { ...result, from: stamp === null ? null : { path, stamp } } : result;
}
