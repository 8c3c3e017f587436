import Database from 'better-sqlite3';
import { errorCode } from '../system/system-error.ts';

/** Why the ledger cannot be used now. */
export type LedgerFailure =
  /** There is no file, and the caller only reads. */
  | 'missing'
  | 'denied'
  /** Not a database, or pages of it are damaged. */
  | 'damaged'
  /** Written by a later version of this program. */
  | 'newer'
  | 'disk-full'
  | 'read-only'
  /** Another process holds it for too long. */
  | 'busy'
  /** Its file system has no locks, so a second writer could not be detected. */
  | 'no-locks'
  /** Another process has recorded the same events meanwhile. */
  | 'overtaken'
  /** The path is a directory, a FIFO or another special file. */
  | 'no-file'
  | 'io';

const BY_CODE: readonly (readonly [RegExp, LedgerFailure])[] = [
  // The third: our rows never conflict, unless an index is damaged.
  [/^SQLITE_(CORRUPT|NOTADB|CONSTRAINT)/, 'damaged'],
  // The second: no room for the shared memory of the WAL.
  [/^SQLITE_(FULL|IOERR_SHMSIZE)/, 'disk-full'],
  [/^SQLITE_READONLY/, 'read-only'],
  [/^SQLITE_(PERM|AUTH)/, 'denied'],
  [/^SQLITE_(BUSY|LOCKED)/, 'busy'],
  [/^SQLITE_(IOERR|CANTOPEN)/, 'io'],
];

/** Thrown inside a transaction, to undo it. */
export class Overtaken extends Error {}

/** The failure for an exception of SQLite; null: it is none of these, but a bug. */
export function failureOf(error: unknown): LedgerFailure | null {
  if (error instanceof Overtaken) return 'overtaken';
  if (!(error instanceof Database.SqliteError)) return null;
  if (error.code === 'SQLITE_ERROR' && OTHER_SCHEMA.test(error.message)) return 'damaged';
  return BY_CODE.find(([pattern]) => pattern.test(error.code))?.[1] ?? null;
}

/** The tables differ from those of the schema version: a damaged name, which no check of SQLite finds. */
const OTHER_SCHEMA = /^no such (table|column)|has no column named|already exists$|^duplicate column name/;

const BY_ERRNO: Readonly<Record<string, LedgerFailure>> = {
  EACCES: 'denied',
  EDQUOT: 'disk-full',
  ENOSPC: 'disk-full',
  EPERM: 'denied',
  EROFS: 'read-only',
};

/** The same for an error of the operating system; null: it is no such error. */
export function failureOfSystem(error: unknown): LedgerFailure | null {
  const code = errorCode(error);
  return code === null ? null : (BY_ERRNO[code] ?? 'io');
}

/** One line for a person: what is wrong with the ledger at this path, and what to do. */
export function failureText(failure: LedgerFailure, path: string): string {
  switch (failure) {
    case 'missing':
      return `there is no history yet: ${path} is missing; the daemon writes it (aufswatch daemon)`;
    case 'denied':
      return process.getuid?.() === 0
        ? `${path} may not be written or read, by root either; look at its attributes (lsattr)`
        : `${path} cannot be read by this user; the history is root's: run this as root`;
    case 'damaged':
      return `${path} is damaged; the daemon recovers it when it starts`;
    case 'newer':
      return `${path} was written by a later version of aufswatch; install that version`;
    case 'disk-full':
      return `${path} cannot be written: the disk is full`;
    case 'read-only':
      return `${path} cannot be written: the file system is read-only`;
    case 'busy':
      return `${path} is held by another process; try again`;
    case 'no-locks':
      return `${path} cannot be locked: its file system gives no locks (ENOLCK)`;
    case 'overtaken':
      return `${path} was written by another process meanwhile`;
    case 'no-file':
      return `${path} is no regular file; move it away`;
    case 'io':
      return `${path} cannot be read or written`;
  }
}
