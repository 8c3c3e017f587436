import type { Stamped } from '../published/form.ts';
import { stampToKeep } from '../system/rests/compare.ts';
import { settingsPath } from './settings-path.ts';

/** The file of the configuration as it is before it is read (`now`, ms); null: it may become another one unseen. */
export function settingsStamp(given: string | null, root: string, now: number): Stamped | null {
  const path = settingsPath(given, root);
  const stamp = stampToKeep(path, now);
  return stamp === null ? null : { path, stamp };
}
