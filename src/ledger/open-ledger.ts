import {
  accessSync,
  closeSync,
  constants,
  existsSync,
  lstatSync,
  openSync,
  readFileSync,
  readSync,
  statSync,
} from 'node:fs';
import Database from 'better-sqlite3';
import { errorCode } from '../system/system-error.ts';
import { failureOf, failureOfSystem, type LedgerFailure } from './failure.ts';
import { APPLICATION_ID, migrate, SCHEMA_VERSION } from './migrations.ts';

/** An open ledger. The rooms beside this file know its tables; nobody else does. */
export interface Ledger {
  readonly path: string;
  readonly database: Database.Database;
  /** Device and inode of the file that was opened. */
  readonly file: string;
  close(): void;
}

/** Another value whenever somebody else has written to it (`PRAGMA data_version`). */
export function otherVersion({ database }: Ledger): unknown {
  return database.pragma('data_version', { simple: true });
}

/**
 * The files that change whenever somebody writes to the ledger at this path. Whoever has it open must not open them beside
 * SQLite: to close one lets go of its locks (howtocorrupt.html of SQLite).
 */
export function ledgerFiles(path: string): readonly string[] {
  return [path, `${path}-wal`];
}

export type OpenResult =
  | { readonly ok: true; readonly ledger: Ledger }
  | { readonly ok: false; readonly failure: LedgerFailure };

const BUSY_TIMEOUT = 5000;

/** Opens the ledger for the daemon, makes it where there is none, and brings it to the present schema. */
export function openLedger(path: string): OpenResult {
  return open(path, { makeFor: 'root', atEnd: leaveAtRest }, (database) => {
    // Read from the file itself, so that what is no database shows at once.
    const version = versionOf(database);
    if (version > SCHEMA_VERSION) return 'newer';
    if (version < 0) return 'damaged';
    if (version > 0 && database.pragma('application_id', { simple: true }) !== APPLICATION_ID)
      return 'damaged';
    if ((version === 0 && hasTables(database)) || hasPrograms(database)) return 'damaged';
    database.pragma('journal_mode = WAL');
    // With WAL, NORMAL loses nothing of a transaction when the process dies; FULL none when the power goes.
    database.pragma('synchronous = FULL');
    database.pragma('foreign_keys = ON');
    migrate(database, version);
    return null;
  });
}

/** Opens an existing ledger for a command that only looks. It makes and leaves no file. */
export function openForReading(path: string): OpenResult {
  if (!existsSync(path)) {
    const denied = isDenied(path);
    return { ok: false, failure: denied ? 'denied' : 'missing' };
  }
  return open(path, { readonly: true, fileMustExist: true, copy: copyAtRest(path) }, (database) => {
    const version = versionOf(database);
    if (version > SCHEMA_VERSION) return 'newer';
    return version === SCHEMA_VERSION && !hasPrograms(database) ? null : 'damaged';
  });
}

/** Opens an existing ledger of the present schema for a command that changes it (ack). */
export function openForWriting(path: string): OpenResult {
  const result = openForReading(path);
  if (!result.ok) return result;
  result.ledger.close();
  return openLedger(path);
}

/** A view in the place of a table can have rows without end: the ledger of an image is another's work. This one has none. */
function hasPrograms(database: Database.Database): boolean {
  const sql =
    "SELECT 1 FROM sqlite_schema WHERE type NOT IN ('table', 'index') OR sql LIKE 'CREATE VIRTUAL%' LIMIT 1";
  return database.prepare(sql).get() !== undefined;
}

interface Options extends Database.Options {
  readonly makeFor?: 'root';
  /** Done before it is closed. */
  readonly atEnd?: (database: Database.Database) => void;
  /** Opened in place of the file. */
  readonly copy?: Buffer | null;
}

function open(
  path: string,
  { makeFor, atEnd = () => {}, copy = null, ...options }: Options,
  prepare: (database: Database.Database) => LedgerFailure | null,
): OpenResult {
  let database: Database.Database | null = null;
  try {
    if (!isFileOrNothing(path)) return { ok: false, failure: 'no-file' };
    // The history is root's alone; SQLite gives -wal and -shm the mode of the file.
    if (makeFor === 'root') closeSync(openSync(path, constants.O_RDWR | constants.O_CREAT, 0o600));
    database = new Database(copy ?? path, { timeout: BUSY_TIMEOUT, ...options });
    const failure = prepare(database);
    if (failure !== null) {
      database.close();
      return { ok: false, failure };
    }
    const opened = database;
    const close = (): void => {
      if (opened.open) atEnd(opened);
      opened.close();
    };
    return { ok: true, ledger: { path, database: opened, file: fileOf(path), close } };
  } catch (error) {
    database?.close();
    const failure = failureOf(error) ?? failureOfSystem(error);
    if (failure === null) throw error;
    return { ok: false, failure: failure === 'io' && isDenied(path) ? 'denied' : failure };
  }
}

/** A symlink that leads nowhere is neither. */
function isFileOrNothing(path: string): boolean {
  const link = lstatSync(path, { throwIfNoEntry: false });
  return link === undefined || (existsSync(path) && statSync(path).isFile());
}

/**
 * While nobody has it open the ledger is an ordinary file: with WAL, whoever reads it would have to make its journal
 * beside it, or to read all of it into memory. Where another has it open, or the disk is full, it stays as it is.
 */
function leaveAtRest(database: Database.Database): void {
  try {
    database.pragma('busy_timeout = 0');
    database.pragma('journal_mode = DELETE');
  } catch (error) {
    if (failureOf(error) === null) throw error;
  }
}

/** Larger than any that was ever seen, by far. */
const COPY_MAX = 256 * 1024 * 1024;
/** 18 and 19: versions of the format for writing and reading, 2 with WAL (https://sqlite.org/fileformat.html). */
const FORMAT_AT = 18;
const WITHOUT_WAL = Buffer.from([1, 1]);
const HEADER_LENGTH = 100;

/**
 * The file in memory, where its daemon was killed and its journal is gone all the same (a copy of it, a backup): to
 * read it in place SQLite would make a journal beside it, which takes the right to write there, and leaves it. null:
 * it can be read in place.
 */
function copyAtRest(path: string): Buffer | null {
  try {
    const stat = statSync(path);
    if (!stat.isFile() || stat.size > COPY_MAX || existsSync(`${path}-wal`)) return null;
    if (formatOf(path).equals(WITHOUT_WAL) && !existsSync(`${path}-journal`)) return null;
    const copy = readFileSync(path);
    // Opened by the daemon meanwhile: parts of it may be of before and of after.
    if (existsSync(`${path}-wal`)) return null;
    if (copy.length < HEADER_LENGTH) return null;
    copy.set(WITHOUT_WAL, FORMAT_AT);
    return copy;
  } catch (error) {
    if (errorCode(error) === null) throw error;
    return null;
  }
}

function formatOf(path: string): Buffer {
  const fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const format = Buffer.alloc(WITHOUT_WAL.length);
    readSync(fd, format, 0, format.length, FORMAT_AT);
    return format;
  } finally {
    closeSync(fd);
  }
}

/** Is what has the ledger's name now another file, or nothing? What is written to it then is lost. */
export function isElsewhere({ path, file }: Ledger): boolean {
  return fileOf(path) !== file;
}

function fileOf(path: string): string {
  try {
    const stat = statSync(path, { throwIfNoEntry: false });
    return stat === undefined ? '' : `${stat.dev}:${stat.ino}`;
  } catch (error) {
    if (errorCode(error) === null) throw error;
    return '';
  }
}

function versionOf(database: Database.Database): number {
  const version = database.pragma('user_version', { simple: true });
  return typeof version === 'number' ? version : 0;
}

/** Another program's database has no version of ours, but tables. */
function hasTables(database: Database.Database): boolean {
  return database.prepare('SELECT 1 FROM sqlite_schema').get() !== undefined;
}

function isDenied(path: string): boolean {
  try {
    accessSync(path, constants.R_OK);
    return false;
  } catch (error) {
    return errorCode(error) === 'EACCES' || errorCode(error) === 'EPERM';
  }
}
