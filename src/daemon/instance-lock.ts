import { closeSync, constants, openSync, readFileSync, rmSync, statSync } from 'node:fs';
import Database from 'better-sqlite3';
import { failureOf, failureOfSystem, type LedgerFailure } from '../ledger/failure.ts';

/** The lock of a state directory: only who holds it records anything there. */
export interface InstanceLock {
  /** Why it is not held; null: it is. Asked again, it is tried again: a file system can become writable. */
  failure(): LedgerFailure | null;
  release(): void;
}

/**
 * Takes the lock of a state directory; null: another process holds it. It is a lock of the operating system
 * (SQLite's, fcntl(2)), so that of a process that died nothing is left.
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
  // What is in the file is of no use to anybody, and nobody can hold it.
  rmSync(path, { force: true });
  return tryOnce(path);
}

function tryOnce(path: string): Database.Database | LedgerFailure {
  let database: Database.Database | null = null;
  try {
    // The system says better than SQLite why a file cannot be made.
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
 * Does the kernel know of a lock on the file (proc_locks(5))? SQLite takes a file system that has no locks to give
 * (ENOLCK) for one where another process holds it.
 */
function isLocked(path: string): boolean {
  try {
    const { ino } = statSync(path, { bigint: true });
    return readFileSync('/proc/locks', 'utf8').includes(`:${ino} `);
  } catch {
    // Where nobody can tell, it is not for two to write.
    return true;
  }
}
