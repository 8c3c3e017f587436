import Database from 'better-sqlite3';
import { errorCode } from '../system/system-error.ts';

/** Why the ledger cannot be used now. */
export type LedgerFailure =
  /** There is no file, for one who only reads. */
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
  /** Its file system gives no locks, so nobody could tell whether another process writes. */
  | 'no-locks'
  /** Another process has recorded meanwhile what was to be recorded. */
  | 'overtaken'
  /** Something else has its name: a directory, a FIFO. */
  | 'no-file'
  | 'io';

const BY_CODE: readonly (readonly [RegExp, LedgerFailure])[] = [
  // The third: no two rows of ours are in each other's way, unless what tells of them is damaged.
  [/^SQLITE_(CORRUPT|NOTADB|CONSTRAINT)/, 'damaged'],
  // The second: no room for the memory that its readers share.
  [/^SQLITE_(FULL|IOERR_SHMSIZE)/, 'disk-full'],
  [/^SQLITE_READONLY/, 'read-only'],
  [/^SQLITE_(PERM|AUTH)/, 'denied'],
  [/^SQLITE_(BUSY|LOCKED)/, 'busy'],
  [/^SQLITE_(IOERR|CANTOPEN)/, 'io'],
];

/** Thrown inside a transaction, to undo it. */
export class Overtaken extends Error {}

/** The failure that an exception of SQLite stands for; null: it is a bug and not one of these. */
export function failureOf(error: unknown): LedgerFailure | null {
  if (error instanceof Overtaken) return 'overtaken';
  if (!(error instanceof Database.SqliteError)) return null;
  if (error.code === 'SQLITE_ERROR' && OTHER_SCHEMA.test(error.message)) return 'damaged';
  return BY_CODE.find(([pattern]) => pattern.test(error.code))?.[1] ?? null;
}

/** The tables are not those that its version has: a letter of a name may have changed, and no check sees that. */
const OTHER_SCHEMA = /^no such (table|column)|has no column named|already exists$|^duplicate column name/;

const BY_ERRNO: Readonly<Record<string, LedgerFailure>> = {
  EACCES: 'denied',
  EDQUOT: 'disk-full',
  ENOSPC: 'disk-full',
  EPERM: 'denied',
  EROFS: 'read-only',
};

/** The same for an error of the operating system; null: it is none. */
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
