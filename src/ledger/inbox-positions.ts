import type { InboxPosition } from '../model/event.ts';
import type { Ledger } from './open-ledger.ts';
import { numberIn, rowsOf, textIn } from './row.ts';
import { statement } from './statements.ts';

export function readPositions(ledger: Ledger): InboxPosition[] {
  const rows = rowsOf(statement(ledger.database, 'SELECT file, position FROM inbox_position').all());
  return rows.map((row) => ({ file: textIn(row, 'file'), position: numberIn(row, 'position') }));
}

/** The files that there are now, and no others. */
export function storePositions(ledger: Ledger, positions: readonly InboxPosition[]): void {
  const before = new Map(readPositions(ledger).map(({ file, position }) => [file, position]));
  for (const { file, position } of positions) {
    if (before.get(file) !== position) {
      statement(ledger.database, 'INSERT OR REPLACE INTO inbox_position VALUES (?, ?)').run(file, position);
    }
    before.delete(file);
  }
  for (const file of before.keys())
    statement(ledger.database, 'DELETE FROM inbox_position WHERE file = ?').run(file);
}
