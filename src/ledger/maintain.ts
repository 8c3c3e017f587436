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
  /** How long events of packages are kept, ms; everything else is kept for ever. */
  readonly keepPackages: number;
  /** How many backups are kept. */
  readonly keepBackups: number;
  /** Directory of the backups. */
  readonly backups: string;
  readonly now: number;
  /**
   * Checks the copy that becomes a backup (checkFile). For a large ledger that takes a minute and blocks the process, so
   * the daemon runs it in another one.
   */
  check(path: string): Promise<FileState>;
}

/** `unknown`: it could not be checked, as when the daemon is stopped. */
export type FileState = 'sound' | 'damaged' | 'unknown';

/** Checks the database in a file, with more than quick_check: damage that it misses would go into the backups. */
export function checkFile(path: string): FileState {
  // Opened for writing: a read-only connection would leave the journal behind.
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
 * The nightly maintenance, in portions: removes old events, runs PRAGMA optimize, and makes a copy, which becomes a backup
 * if it is sound. Returns what failed; null: nothing did.
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
    // The daemon was stopped meanwhile.
    if (!database.open) return null;
    const failure = failureOf(error) ?? failureOfSystem(error);
    if (failure === null) throw error;
    return failure;
  }
}

/** How many rows one transaction removes: that takes some ms. */
const PORTION = 2000;

/**
 * Removes only events that are the cause of nothing, and that are too old by the clock and by the newest event. By the
 * clock alone, a clock that is in the future for one night would remove all of them.
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
 * The backups in a directory, newest first. One with a time in the future was made while the clock was wrong. Its age is
 * not known, and it must not displace those that are made now.
 */
export function backupsIn(directory: string, now: number): string[] {
  let names: string[];
  try {
    names = readdirSync(directory);
  } catch {
    // The directory is missing or cannot be read: there is no backup either way.
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

/** To copy a FIFO would block for ever. */
function isFile(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isFile() === true;
}

/** ms */
const CLOCKS_DIFFER = 3_600_000;

function backupName(at: number): string {
  return `ledger-${new Date(at).toISOString().replace(/[:.]/g, '-')}.sqlite3`;
}
