import { copyFileSync, existsSync, renameSync, rmSync, statSync } from 'node:fs';
import { failureOfSystem, type LedgerFailure } from './failure.ts';
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
 * its place, or else a new one. What cannot be mended by that (a full disk, a newer schema) is left as it is, and
 * so is a damaged one for which there is no room to make another.
 */
export function openOrRecover(path: string, backups: string, now: number): RecoveredResult {
  const first = isCut(path, backups) ? ({ ok: false, failure: 'damaged' } as const) : openChecked(path);
  if (first.ok) return { ok: true, ledger: first.ledger, recovery: null };
  if (first.failure !== 'damaged') return first;
  const next = `${path}.new`;
  try {
    const from = makeNext(next, backups);
    const movedTo = `${path}.damaged-${new Date(now).toISOString().replace(/[:.]/g, '-')}`;
    for (const end of ENDS) if (existsSync(path + end)) renameSync(path + end, movedTo + end);
    renameSync(next, path);
    const opened = openChecked(path);
    return opened.ok ? { ok: true, ledger: opened.ledger, recovery: { at: now, movedTo, from } } : opened;
  } catch (error) {
    const failure = error instanceof NotMade ? error.failure : failureOfSystem(error);
    if (failure === null) throw error;
    remove(next);
    return { ok: false, failure };
  }
}

/** What lies beside a database, and must never be taken for another's. */
const ENDS = ['', '-wal', '-shm', '-journal'] as const;

/** Makes the file that takes the place of a damaged one; returns the backup that it is a copy of, or null. */
function makeNext(next: string, backups: string): string | null {
  for (const backup of [...backupsIn(backups), null]) {
    remove(next);
    if (backup !== null) copyFileSync(backup, next);
    const made = openChecked(next);
    if (made.ok) {
      // Closed, it is one file.
      made.ledger.close();
      return backup;
    }
    if (made.failure !== 'damaged' && made.failure !== 'newer') throw new NotMade(made.failure);
  }
  throw new NotMade('io');
}

class NotMade extends Error {
  readonly failure: LedgerFailure;

  constructor(failure: LedgerFailure) {
    super(failure);
    this.failure = failure;
  }
}

function remove(path: string): void {
  for (const end of ENDS) rmSync(path + end, { force: true });
}

/**
 * Shorter than any database is. SQLite would take an empty file for a new one, and throw away the journal beside
 * it; one that was made a moment ago, and never written, has neither journal nor backup.
 */
function isCut(path: string, backups: string): boolean {
  const size = sizeOf(path);
  if (size === null || size >= PAGE_MIN) return false;
  return size > 0 || (sizeOf(`${path}-wal`) ?? 0) > 0 || backupsIn(backups).length > 0;
}

const PAGE_MIN = 512;

function sizeOf(path: string): number | null {
  const stat = statSync(path, { throwIfNoEntry: false });
  return stat?.isFile() ? stat.size : null;
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
