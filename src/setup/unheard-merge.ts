import { lstatSync } from 'node:fs';
import { join } from 'node:path';
import { INBOX, INBOX_OLD } from '../inbox/read-inbox.ts';
import type { InstalledPackage } from '../model/portage.ts';
import type { Root } from '../system/root.ts';
import { errorCode } from '../system/system-error.ts';
import { bashrcPath, isBashrcSet } from './bashrc.ts';
import { BASHRC_FILE } from './shipped.ts';

/** A merge of which the hook in bashrc told nothing, though it was in place. */
export interface UnheardMerge {
  readonly cpv: string;
  /** ms since the epoch. */
  readonly at: number;
}

export interface Hearing {
  readonly root: Root;
  /** The daemon's state directory, on the host. */
  readonly state: string;
  /** Those that the hook tells of. */
  readonly packages: readonly InstalledPackage[];
  /** When the hook last told of something that is on record, ms; null: never, or nothing is on record. */
  readonly lastHeard: number | null;
}

/** The hook tells whole seconds, and a setup directly before the merge comes from it as well, ms. */
const SLACK = 2000;

/**
 * The newest merge, where the hook in bashrc was in place before it and was not heard since: something above it in
 * bashrc ends that file, or fails. null: there is none, so nothing speaks against the hook.
 */
export function unheardMerge({ root, state, packages, lastHeard }: Hearing): UnheardMerge | null {
  const since = inPlaceSince(root);
  const newest = packages.toSorted((a, b) => b.mergedAt - a.mergedAt)[0];
  if (since === null || newest === undefined || newest.mergedAt <= since) return null;
  const heard = Math.max(lastHeard ?? 0, ...[INBOX, INBOX_OLD].map((name) => changedAt(join(state, name))));
  return heard >= newest.mergedAt - SLACK ? null : { cpv: newest.cpv, at: newest.mergedAt };
}

/** Since when bashrc and the hook are as they are now, ms; null: the hook is not in place. */
function inPlaceSince(root: Root): number | null {
  if (!isBashrcSet(root)) return null;
  const times = [bashrcPath(root), BASHRC_FILE].map((path) => root.stat(path));
  return times.reduce<number | null>(
    (latest, stat) => (latest === null || !stat.known ? null : Math.max(latest, stat.value.mtime)),
    0,
  );
}

/** ms; 0 where it is not there. */
function changedAt(path: string): number {
  try {
    return lstatSync(path).mtimeMs;
  } catch (error) {
    if (errorCode(error) === null) throw error;
    return 0;
  }
}
