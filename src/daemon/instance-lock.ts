import { rmSync } from 'node:fs';
import Database from 'better-sqlite3';

/** Held while a daemon runs on a state directory. */
export interface InstanceLock {
  release(): void;
}

/**
 * Takes the lock of a state directory; null: another process holds it. It is a lock of the operating system
 * (SQLite's, fcntl(2)), so that of a process that died nothing is left.
 */
export function takeInstanceLock(path: string): InstanceLock | null {
  try {
    return take(path);
  } catch (error) {
    if (!isDamage(error)) throw error;
    // What is in the file is of no use to anybody, and nobody can hold it.
    rmSync(path, { force: true });
    return take(path);
  }
}

function take(path: string): InstanceLock | null {
  let database: Database.Database | null = null;
  try {
    database = new Database(path, { timeout: 0 });
    database.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    database?.close();
    const code = error instanceof Database.SqliteError ? error.code : '';
    if (code === 'SQLITE_BUSY') return null;
    // A state directory that nobody can write to holds nothing that two could spoil.
    if (/^SQLITE_(READONLY|CANTOPEN|FULL|IOERR)/.test(code)) return NOTHING_TO_LOCK;
    throw error;
  }
  const held = database;
  return {
    release: () => {
      held.exec('ROLLBACK');
      held.close();
    },
  };
}

function isDamage(error: unknown): boolean {
  return error instanceof Database.SqliteError && /^SQLITE_(NOTADB|CORRUPT)/.test(error.code);
}

const NOTHING_TO_LOCK: InstanceLock = { release: () => {} };
