import { copyFileSync, existsSync, linkSync, renameSync, rmSync, statSync } from 'node:fs';
import { errorCode } from '../system/system-error.ts';
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

export interface RecoverOptions {
  /** Directory of the backups. */
  readonly backups: string;
  readonly now: number;
  /** It was found damaged while it was used: whatever a check says now, another takes its place. */
  readonly spoiled?: boolean;
  /** It is checked later, by another process: of millions of events that takes ten seconds. */
  readonly checkedLater?: boolean;
  /** Backups that are not to be used: what was made of them was damaged too. */
  readonly without?: ReadonlySet<string>;
}

/**
 * Opens the ledger for the daemon. A damaged one is moved aside, whole, and the newest backup that is sound takes
 * its place, or else a new one. What cannot be mended by that (a full disk, a newer schema) is left as it is, and
 * so is a damaged one for which there is no room to make another. Killed at any point, it leaves a ledger in its
 * place, and the next start begins again.
 */
export function openOrRecover(path: string, options: RecoverOptions): RecoveredResult {
  const next = `${path}.new`;
  try {
    const isDamaged = options.spoiled === true || isCut(path, options);
    const first = isDamaged
      ? ({ ok: false, failure: 'damaged' } as const)
      : options.checkedLater === true
        ? openLedger(path)
        : openChecked(path, 'quick_check');
    if (first.ok) return { ok: true, ledger: first.ledger, recovery: null };
    if (first.failure !== 'damaged') return first;
    const from = makeNext(next, options);
    const movedTo = unusedName(
      `${path}.damaged-${new Date(options.now).toISOString().replace(/[:.]/g, '-')}`,
    );
    moveAside(path, movedTo);
    renameSync(next, path);
    const opened = openChecked(path, 'quick_check');
    if (!opened.ok) return opened;
    return { ok: true, ledger: opened.ledger, recovery: { at: options.now, movedTo, from } };
  } catch (error) {
    const failure = error instanceof NotMade ? error.failure : failureOfSystem(error);
    if (failure === null) throw error;
    remove(next);
    return { ok: false, failure };
  }
}

/** What lies beside a database, and must never be taken for another's. */
const BESIDE = ['-wal', '-shm', '-journal'] as const;

/** The file keeps its name besides, until another takes its place: there is never none. */
function moveAside(path: string, movedTo: string): void {
  if (existsSync(path)) keepAs(path, movedTo);
  for (const end of BESIDE) if (existsSync(path + end)) renameSync(path + end, movedTo + end);
}

function keepAs(path: string, movedTo: string): void {
  try {
    linkSync(path, movedTo);
  } catch (error) {
    // A file system without a second name for a file.
    if (errorCode(error) !== 'EPERM' && errorCode(error) !== 'EOPNOTSUPP') throw error;
    renameSync(path, movedTo);
  }
}

/** The clock may have gone back. */
function unusedName(path: string): string {
  let name = path;
  for (let n = 2; existsSync(name); n++) name = `${path}-${n}`;
  return name;
}

/** Makes the file that takes the place of a damaged one; returns the backup that it is a copy of, or null. */
function makeNext(next: string, { backups, now, without }: RecoverOptions): string | null {
  const usable = backupsIn(backups, now).filter((backup) => without?.has(backup) !== true);
  for (const backup of [...usable, null]) {
    remove(next);
    if (backup !== null) copyFileSync(backup, next);
    // A backup carries on what a quick check passes over: an index that does not fit its table.
    const made = openChecked(next, 'integrity_check');
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
  for (const end of ['', ...BESIDE]) rmSync(path + end, { force: true, recursive: true });
}

/**
 * Shorter than any database is. SQLite would take an empty file for a new one, and throw away the journal beside
 * it; one that was made a moment ago, and never written, has neither journal nor backup.
 */
function isCut(path: string, { backups, now }: RecoverOptions): boolean {
  const size = sizeOf(path);
  if (size === null || size >= PAGE_MIN) return false;
  return size > 0 || (sizeOf(`${path}-wal`) ?? 0) > 0 || backupsIn(backups, now).length > 0;
}

const PAGE_MIN = 512;

function sizeOf(path: string): number | null {
  const stat = statSync(path, { throwIfNoEntry: false });
  return stat?.isFile() ? stat.size : null;
}

/** Damage shows only where it is looked for. */
function openChecked(path: string, check: 'quick_check' | 'integrity_check'): OpenResult {
  const result = openLedger(path);
  if (!result.ok) return result;
  let sound = false;
  try {
    sound = result.ledger.database.pragma(`${check}(1)`, { simple: true }) === 'ok';
  } catch {
    // Pages so damaged that the check itself stumbles.
  }
  if (sound) return result;
  result.ledger.close();
  return { ok: false, failure: 'damaged' };
}
