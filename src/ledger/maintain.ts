import { chmodSync, lstatSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { makeDirectory } from '../files/make-directory.ts';
import { failureOf, failureOfSystem, type LedgerFailure } from './failure.ts';
import type { Ledger } from './open-ledger.ts';
import { statement } from './statements.ts';

export interface MaintenanceOptions {
  /** How long events of packages are kept, ms; all else is kept for ever. */
  readonly keepPackages: number;
  /** How many backups are kept. */
  readonly keepBackups: number;
  /** Directory of the backups. */
  readonly backups: string;
  readonly now: number;
}

/**
 * The nightly care: what is too old goes, the file is checked, SQLite looks after its plans, a backup is made.
 * Returns what failed; null: nothing.
 */
export async function maintain(ledger: Ledger, options: MaintenanceOptions): Promise<LedgerFailure | null> {
  try {
    forgetOld(ledger, options.now - options.keepPackages);
    // More than quick_check: what it passes over would go into the backups.
    const check = ledger.database.pragma('integrity_check(1)', { simple: true });
    if (check !== 'ok') return 'damaged';
    ledger.database.pragma('optimize');
    await backUp(ledger, options);
    return null;
  } catch (error) {
    // The daemon was told to stop meanwhile.
    if (!ledger.database.open) return null;
    const failure = failureOf(error) ?? failureOfSystem(error);
    if (failure === null) throw error;
    return failure;
  }
}

/** Only events that nothing else follows from. */
function forgetOld(ledger: Ledger, before: number): void {
  const sql = `DELETE FROM package_event WHERE at < ?
    AND id NOT IN (SELECT cause FROM patch_state WHERE cause IS NOT NULL)`;
  statement(ledger.database, sql).run(before);
}

async function backUp(ledger: Ledger, { backups, keepBackups, now }: MaintenanceOptions): Promise<void> {
  makeDirectory(backups, 0o700);
  const made = join(backups, 'being-made.sqlite3');
  rmSync(made, { force: true });
  try {
    await ledger.database.backup(made);
    chmodSync(made, 0o600);
    renameSync(made, join(backups, backupName(now)));
  } catch (error) {
    rmSync(made, { force: true });
    throw error;
  }
  for (const old of backupsIn(backups, now).slice(keepBackups)) rmSync(old, { force: true });
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
