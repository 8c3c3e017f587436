import { copyFileSync, existsSync, renameSync, rmSync } from 'node:fs';
import { backupsIn } from './maintain.ts';
import { type Ledger, type OpenResult, openLedger } from './open-ledger.ts';

export interface Recovery {
  readonly at: number;
  /** Where the damaged file is now. */
  readonly movedTo: string;
  /** The backup that took its place; null: a new ledger. */
  readonly from: string | null;
}

export type RecoveredResult =
  | { readonly ok: true; readonly ledger: Ledger; readonly recovery: Recovery | null }
  | Extract<OpenResult, { ok: false }>;

/**
 * Opens the ledger for the daemon. A damaged one is moved aside, whole, and the newest backup that is sound takes
 * its place, or else a new one. What cannot be mended by that (a full disk, a newer schema) is left as it is.
 */
export function openOrRecover(path: string, backups: string, now: number): RecoveredResult {
  const first = openChecked(path);
  if (first.ok) return { ok: true, ledger: first.ledger, recovery: null };
  if (first.failure !== 'damaged') return first;
  const movedTo = `${path}.damaged-${new Date(now).toISOString().replace(/[:.]/g, '-')}`;
  for (const end of ['', '-wal', '-shm']) if (existsSync(path + end)) renameSync(path + end, movedTo + end);
  for (const backup of backupsIn(backups)) {
    copyFileSync(backup, path);
    const restored = openChecked(path);
    if (restored.ok)
      return { ok: true, ledger: restored.ledger, recovery: { at: now, movedTo, from: backup } };
    for (const end of ['', '-wal', '-shm']) rmSync(path + end, { force: true });
  }
  const fresh = openLedger(path);
  return fresh.ok ? { ok: true, ledger: fresh.ledger, recovery: { at: now, movedTo, from: null } } : fresh;
}

/** Damage shows only where it is looked for. */
function openChecked(path: string): OpenResult {
  const result = openLedger(path);
  if (!result.ok) return result;
  let sound = false;
  try {
    sound = result.ledger.database.pragma('quick_check(1)', { simple: true }) === 'ok';
  } catch {
    // Pages so damaged that the check itself stumbles.
  }
  if (sound) return result;
  result.ledger.close();
  return { ok: false, failure: 'damaged' };
}
