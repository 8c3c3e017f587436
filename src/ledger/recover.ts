import { copyFileSync, existsSync, linkSync, renameSync, rmSync, statSync } from 'node:fs';
import { errorCode } from '../system/system-error.ts';
import { failureOfSystem, type LedgerFailure } from './failure.ts';
import { backupsIn } from './maintain.ts';
import { type Ledger, type OpenResult, openLedger } from './open-ledger.ts';

export interface Recovery {
  readonly at: number;
  /** Where the damaged file is now. */
  readonly movedTo: string;
  /** The backup that replaced it; null: a new ledger did. */
  readonly from: string | null;
}

export type RecoveredResult =
  | { readonly ok: true; readonly ledger: Ledger; readonly recovery: Recovery | null }
  | Extract<OpenResult, { ok: false }>;

export interface RecoverOptions {
  /** Directory of the backups. */
  readonly backups: string;
  readonly now: number;
  /** It was found damaged while it was used: it is replaced, whatever a check finds now. */
  readonly spoiled?: boolean;
  /** It is checked later by another process: for millions of events that takes ten seconds. */
  readonly checkedLater?: boolean;
  /** Backups that must not be used: a ledger made from them was damaged too. */
  readonly without?: ReadonlySet<string>;
}

/**
 * Opens the ledger for the daemon. A damaged ledger is moved aside, whole, and replaced by the newest sound backup, else by
 * a new ledger. Other failures (a full disk, a newer schema) change nothing, nor does damage without the room for another
 * ledger. If the process is killed at any point, there is a ledger at the path, and the next start begins again.
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

/** Files beside a database, which must never be used with another database. */
const BESIDE = ['-wal', '-shm', '-journal'] as const;

/** Gives the file a second name and keeps the first, until another file replaces that: there is always one. */
function moveAside(path: string, movedTo: string): void {
  if (existsSync(path)) keepAs(path, movedTo);
  for (const end of BESIDE) if (existsSync(path + end)) renameSync(path + end, movedTo + end);
}

function keepAs(path: string, movedTo: string): void {
  try {
    linkSync(path, movedTo);
  } catch (error) {
    // The file system has no hard links.
    if (errorCode(error) !== 'EPERM' && errorCode(error) !== 'EOPNOTSUPP') throw error;
    renameSync(path, movedTo);
  }
}

/** The name can be in use: the clock may have gone back. */
function unusedName(path: string): string {
  let name = path;
  for (let n = 2; existsSync(name); n++) name = `${path}-${n}`;
  return name;
}

/** Makes the file that replaces a damaged one; returns the backup from which it was copied, or null. */
function makeNext(next: string, { backups, now, without }: RecoverOptions): string | null {
  const usable = backupsIn(backups, now).filter((backup) => without?.has(backup) !== true);
  for (const backup of [...usable, null]) {
    remove(next);
    if (backup !== null) copyFileSync(backup, next);
    // Not quick_check: a backup can contain damage that it misses, such as an index that does not fit its table.
    const made = openChecked(next, 'integrity_check');
    if (made.ok) {
      // Closed, so that it is one file.
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
 * Is the file shorter than any database? SQLite would take an empty file for a new database and discard its journal. A file
 * that was only just created has neither journal nor backup.
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

/** Opens it and checks it: opening alone does not find damage. */
function openChecked(path: string, check: 'quick_check' | 'integrity_check'): OpenResult {
  const result = openLedger(path);
  if (!result.ok) return result;
  let sound = false;
  try {
    sound = result.ledger.database.pragma(`${check}(1)`, { simple: true }) === 'ok';
  } catch {
    // The damage made the check itself fail.
  }
  if (sound) return result;
  result.ledger.close();
  return { ok: false, failure: 'damaged' };
}
