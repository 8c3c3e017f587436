import { closeSync, constants, openSync, readFileSync, rmSync, statSync } from 'node:fs';
import Database from 'better-sqlite3';
import { failureOf, failureOfSystem, type LedgerFailure } from '../ledger/failure.ts';

/** The lock of a state directory: only the process that holds it records anything there. */
export interface InstanceLock {
  /** Why the lock is not held; null: it is. Each call tries again: a file system can become writable. */
  failure(): LedgerFailure | null;
  release(): void;
}

/**
 * Takes the lock of a state directory; null: another process holds it. It is a lock of the operating system
 * (SQLite's, fcntl(2)), so it ends with the process.
 */
export function takeInstanceLock(path: string): InstanceLock | null {
  let taken = take(path);
  if (taken === 'busy') return null;
  return {
    failure: () => {
      if (typeof taken === 'string') taken = take(path);
      return typeof taken === 'string' ? taken : null;
    },
    release: () => {
      if (typeof taken === 'string') return;
      taken.exec('ROLLBACK');
      taken.close();
    },
  };
}

function take(path: string): Database.Database | LedgerFailure {
  const first = tryOnce(path);
  if (first !== 'damaged') return first;
  // The content of the file is not used, and a damaged database cannot be locked.
  rmSync(path, { force: true });
  return tryOnce(path);
}

function tryOnce(path: string): Database.Database | LedgerFailure {
  let database: Database.Database | null = null;
  try {
    // The error of the system is clearer than SQLite's where the file cannot be created.
    closeSync(openSync(path, constants.O_RDWR | constants.O_CREAT, 0o600));
    database = new Database(path, { timeout: 0 });
    database.exec('BEGIN EXCLUSIVE');
    return database;
  } catch (error) {
    database?.close();
    const failure = failureOf(error) ?? failureOfSystem(error);
    if (failure === null) throw error;
    return failure === 'busy' && !isLocked(path) ? 'no-locks' : failure;
  }
}

/**
 * Is there a lock on the file, by proc_locks(5)? Where the file system has no locks (ENOLCK), SQLite reports that another
 * process holds it.
 */
function isLocked(path: string): boolean {
  try {
    const { ino } = statSync(path, { bigint: true });
    return readFileSync('/proc/locks', 'utf8').includes(`:${ino} `);
  } catch {
    // Not known: treated as locked, so that two processes never write.
    return true;
  }
}
