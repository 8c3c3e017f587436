import { chmodSync, lstatSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import Database from 'better-sqlite3';
import { makeDirectory } from '../files/make-directory.ts';
import { failureOf, failureOfSystem, type LedgerFailure } from './failure.ts';
import type { Ledger } from './open-ledger.ts';
import { numberOrNull, rowOf } from './row.ts';
import { statement } from './statements.ts';

export interface MaintenanceOptions {
  /** How long events of packages are kept, ms; all else is kept for ever. */
  readonly keepPackages: number;
  /** How many backups are kept. */
  readonly keepBackups: number;
  /** Directory of the backups. */
  readonly backups: string;
  readonly now: number;
  /**
   * Checks the copy that becomes a backup (checkFile). Of a large ledger that takes a minute in which nothing else goes
   * on, so the daemon has it done by another process.
   */
  check(path: string): Promise<FileState>;
}

/** `unknown`: it could not be checked, as the daemon was told to stop. */
export type FileState = 'sound' | 'damaged' | 'unknown';

/** Is the database in a file whole? More than quick_check: what that passes over would go into the backups. */
export function checkFile(path: string): FileState {
  // Opened for writing: a connection that only reads would leave its journal behind.
  const database = new Database(path, { fileMustExist: true });
  try {
    return database.pragma('integrity_check(1)', { simple: true }) === 'ok' ? 'sound' : 'damaged';
  } catch (error) {
    if (failureOf(error) !== 'damaged') throw error;
    return 'damaged';
  } finally {
    database.close();
  }
}

/**
 * The nightly care, in portions: what is too old goes, SQLite looks after its plans, a copy is made, and where that is
 * sound it is a backup. Returns what failed; null: nothing.
 */
export async function maintain(ledger: Ledger, options: MaintenanceOptions): Promise<LedgerFailure | null> {
  const { database } = ledger;
  try {
    await forgetOld(ledger, options);
    database.pragma('optimize');
    const state = await backUp(ledger, options);
    if (state === 'unknown') return database.open ? 'io' : null;
    return state === 'damaged' ? 'damaged' : null;
  } catch (error) {
    // The daemon was told to stop meanwhile.
    if (!database.open) return null;
    const failure = failureOf(error) ?? failureOfSystem(error);
    if (failure === null) throw error;
    return failure;
  }
}

/** Rows that go in one transaction: some ms. */
const PORTION = 2000;

/**
 * Only events that nothing else follows from, and only what is too old by the clock and by the newest event: a clock
 * that was in the future for one night would take all of them.
 */
async function forgetOld(ledger: Ledger, { now, keepPackages }: MaintenanceOptions): Promise<void> {
  const { database } = ledger;
  const row = rowOf(statement(database, 'SELECT max(at) AS at FROM package_event').get());
  const newest = row === null ? null : numberOrNull(row, 'at');
  if (newest === null) return;
  const sql = `DELETE FROM package_event WHERE id IN (SELECT id FROM package_event WHERE at < ?
    AND id NOT IN (SELECT cause FROM patch_state WHERE cause IS NOT NULL) LIMIT ${PORTION})`;
  for (;;) {
    const { changes } = statement(database, sql).run(Math.min(now, newest) - keepPackages);
    if (changes < PORTION) return;
    await setImmediate();
  }
}

async function backUp(
  ledger: Ledger,
  { backups, keepBackups, now, check }: MaintenanceOptions,
): Promise<FileState> {
  makeDirectory(backups, 0o700);
  const made = join(backups, 'being-made.sqlite3');
  rmSync(made, { force: true });
  try {
    await ledger.database.backup(made);
    chmodSync(made, 0o600);
    const state = await check(made);
    if (state !== 'sound') {
      rmSync(made, { force: true });
      return state;
    }
    renameSync(made, join(backups, backupName(now)));
  } catch (error) {
    rmSync(made, { force: true });
    throw error;
  }
  for (const old of backupsIn(backups, now).slice(keepBackups)) rmSync(old, { force: true });
  return 'sound';
}

/**
 * The backups in a directory, newest first. One of the future was made while the clock was wrong: nobody knows how old
 * it is, and it must not push out those that are made now.
 */
export function backupsIn(directory: string, now: number): string[] {
  let names: string[];
  try {
    names = readdirSync(directory);
  } catch {
    // None was made yet, or none can be reached: there is no backup either way.
    return [];
  }
  const present = backupName(now + CLOCKS_DIFFER);
  const backups = names.filter((name) => /^ledger-[\dTZ-]+\.sqlite3$/.test(name)).sort();
  const ofFuture = backups.filter((name) => name > present);
  return [...ofFuture, ...backups.slice(0, backups.length - ofFuture.length)]
    .reverse()
    .map((name) => join(directory, name))
    .filter(isFile);
}

/** Whoever copied a FIFO would wait for ever. */
function isFile(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isFile() === true;
}

/** ms */
const CLOCKS_DIFFER = 3_600_000;

function backupName(at: number): string {
  return `ledger-${new Date(at).toISOString().replace(/[:.]/g, '-')}.sqlite3`;
}
