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

/** An open ledger. Only the files of this directory use its tables. */
export interface Ledger {
  readonly path: string;
  readonly database: Database.Database;
  /** Device and inode of the file that was opened. */
  readonly file: string;
  close(): void;
}

/** A value that changes when another process writes to the ledger (`PRAGMA data_version`). */
export function otherVersion({ database }: Ledger): unknown {
  return database.pragma('data_version', { simple: true });
}

/**
 * The files that change when a process writes to the ledger at this path. A process that has it open must not open them
 * itself: to close one would release SQLite's locks (howtocorrupt.html of SQLite).
 */
export function ledgerFiles(path: string): readonly string[] {
  return [path, `${path}-wal`];
}

export type OpenResult =
  | { readonly ok: true; readonly ledger: Ledger }
  | { readonly ok: false; readonly failure: LedgerFailure };

const BUSY_TIMEOUT = 5000;

/** Opens the ledger for the daemon; creates it if there is none, and brings it to the present schema. */
export function openLedger(path: string): OpenResult {
  return open(path, { makeFor: 'root', atEnd: leaveAtRest }, (database) => {
    // Reads from the file, so that a file that is no database fails here.
    const version = versionOf(database);
    if (version > SCHEMA_VERSION) return 'newer';
    if (version < 0) return 'damaged';
    if (version > 0 && database.pragma('application_id', { simple: true }) !== APPLICATION_ID)
      return 'damaged';
    if ((version === 0 && hasTables(database)) || hasPrograms(database)) return 'damaged';
    database.pragma('journal_mode = WAL');
    // With WAL, NORMAL keeps every transaction when the process dies; FULL also when the power fails.
    database.pragma('synchronous = FULL');
    database.pragma('foreign_keys = ON');
    migrate(database, version);
    return null;
  });
}

/** Opens an existing ledger for a command that only reads. It creates no file. */
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

/** Does the schema have views, triggers or virtual tables? Ours has none. The ledger of an image can: endless rows, say. */
function hasPrograms(database: Database.Database): boolean {
  const sql =
    "SELECT 1 FROM sqlite_schema WHERE type NOT IN ('table', 'index') OR sql LIKE 'CREATE VIRTUAL%' LIMIT 1";
  return database.prepare(sql).get() !== undefined;
}

interface Options extends Database.Options {
  readonly makeFor?: 'root';
  /** Called before it is closed. */
  readonly atEnd?: (database: Database.Database) => void;
  /** Opened instead of the file. */
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
    // Only root may read the history; SQLite gives -wal and -shm the mode of the file.
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

/** A symlink to nothing is neither. */
function isFileOrNothing(path: string): boolean {
  const link = lstatSync(path, { throwIfNoEntry: false });
  return link === undefined || (existsSync(path) && statSync(path).isFile());
}

/**
 * Takes the ledger out of WAL mode when it is closed: with WAL, a reader would have to create the journal, or read the
 * whole file into memory. If another process has it open, or the disk is full, the mode stays.
 */
function leaveAtRest(database: Database.Database): void {
  try {
    database.pragma('busy_timeout = 0');
    database.pragma('journal_mode = DELETE');
  } catch (error) {
    if (failureOf(error) === null) throw error;
  }
}

/** Far larger than any ledger seen so far. */
const COPY_MAX = 256 * 1024 * 1024;
/** 18 and 19: versions of the format for writing and reading, 2 with WAL (https://sqlite.org/fileformat.html). */
const FORMAT_AT = 18;
const WITHOUT_WAL = Buffer.from([1, 1]);
const HEADER_LENGTH = 100;

/**
 * Reads the file into memory if it is in WAL mode without a journal (the copy of a file whose daemon was killed, a backup).
 * To read it in place SQLite would create a journal, which needs write permission, and leave it there. null: it can be
 * read in place.
 */
function copyAtRest(path: string): Buffer | null {
  try {
    const stat = statSync(path);
    if (!stat.isFile() || stat.size > COPY_MAX || existsSync(`${path}-wal`)) return null;
    if (formatOf(path).equals(WITHOUT_WAL) && !existsSync(`${path}-journal`)) return null;
    const copy = readFileSync(path);
    // The daemon has opened it meanwhile, so the bytes may be of two states.
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

/** Is the ledger's path now another file, or missing? Then everything written to the open one is lost. */
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

/** Is it the database of another program: tables, but no version of ours? */
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
