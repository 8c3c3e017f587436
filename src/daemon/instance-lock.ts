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
  const database = new Database(path, { timeout: 0 });
  try {
    database.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    database.close();
    if (error instanceof Database.SqliteError && error.code === 'SQLITE_BUSY') return null;
    throw error;
  }
  return {
    release: () => {
      database.exec('ROLLBACK');
      database.close();
    },
  };
}
