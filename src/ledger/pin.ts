import type { Ledger } from './open-ledger.ts';
import { rowOf, textIn } from './row.ts';
import { statement } from './statements.ts';

const KEY = 'pinned';

/** The release of the kernel that the user has pinned; null: none. */
export function readPin(ledger: Ledger): string | null {
  const row = rowOf(statement(ledger.database, 'SELECT value FROM remembered WHERE key = ?').get(KEY));
  return row === null ? null : textIn(row, 'value');
}

export function writePin(ledger: Ledger, release: string): void {
  statement(ledger.database, 'INSERT OR REPLACE INTO remembered VALUES (?, ?)').run(KEY, release);
}

/** Removes the pin; false: there was none. */
export function deletePin(ledger: Ledger): boolean {
  return statement(ledger.database, 'DELETE FROM remembered WHERE key = ?').run(KEY).changes > 0;
}
