import { lstatSync } from 'node:fs';
import { join } from 'node:path';
import { INBOX, INBOX_OLD } from '../inbox/read-inbox.ts';
import type { InstalledPackage } from '../model/portage.ts';
import type { Root } from '../system/root.ts';
import { errorCode } from '../system/system-error.ts';
import { bashrcPath, isBashrcSet } from './bashrc.ts';
import { BASHRC_FILE } from './shipped.ts';

/** A merge that the hook in bashrc did not report, though it was in place. */
export interface UnreportedMerge {
  readonly cpv: string;
  readonly atMs: number;
}

export interface HookState {
  /** hookSince() */
  readonly since: number | null;
  /** The packages that the hook reports. */
  readonly packages: readonly InstalledPackage[];
  /** Time of the last event from the hook, ms; null: there was none. */
  readonly lastEvent: number | null;
}

/** The hook reports whole seconds, ms. */
const SLACK = 2000;

/**
 * Returns the newest merge if the hook in bashrc was in place before it and reported nothing since: something above it in
 * bashrc ends that file, or fails. null: the hook works, as far as can be seen.
 */
export function unreportedMerge({ since, packages, lastEvent }: HookState): UnreportedMerge | null {
  const newest = packages.toSorted((a, b) => b.mergedAt - a.mergedAt)[0];
  if (since === null || newest === undefined || newest.mergedAt <= since) return null;
  return (lastEvent ?? 0) >= newest.mergedAt - SLACK ? null : { cpv: newest.cpv, atMs: newest.mergedAt };
}

/** Since when bashrc and the hook are unchanged, ms; null: the hook is not in place. */
export function hookSince(root: Root): number | null {
  if (!isBashrcSet(root)) return null;
  const times = [bashrcPath(root), BASHRC_FILE].flatMap((path) => {
    const stat = root.stat(path);
    return stat.known ? [stat.value.mtime] : [];
  });
  return times.length === 2 ? Math.max(...times) : null;
}

/**
 * Time of the last event from the hook, ms; null: there was none. `recorded`: that of the ledger. Events that are not
 * recorded yet are in the inbox of the state directory.
 */
export function lastHookWrite(state: string, recorded: number | null): number | null {
  const times = [INBOX, INBOX_OLD].map((name) => changedAt(join(state, name)));
  const known = [...times, recorded].filter((time) => time !== null);
  return known.length === 0 ? null : Math.max(...known);
}

/** ms; null where it is not there. */
function changedAt(path: string): number | null {
  try {
    return lstatSync(path).mtimeMs;
  } catch (error) {
    if (errorCode(error) === null) throw error;
    return null;
  }
}
