import type { InboxPosition } from '../model/event.ts';
import { Overtaken } from './failure.ts';
import type { Ledger } from './open-ledger.ts';
import { numberIn, rowsOf, textIn } from './row.ts';
import { statement } from './statements.ts';

export function readPositions(ledger: Ledger): InboxPosition[] {
  const rows = rowsOf(statement(ledger.database, 'SELECT file, position FROM inbox_position').all());
  return rows.map((row) => ({ file: textIn(row, 'file'), position: numberIn(row, 'position') }));
}

/** Stores the files that exist now, and removes all others. */
function storePositions(ledger: Ledger, positions: readonly InboxPosition[]): void {
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

/** The positions in the inbox before and after a reading. */
export interface ReadSpan {
  readonly from: readonly InboxPosition[];
  readonly to: readonly InboxPosition[];
}

/**
 * Stores the positions in the inbox, inside the transaction that records its events. Throws Overtaken if the positions in
 * the ledger are not those from which the reading began: another process has recorded the same lines.
 */
export function advance(ledger: Ledger, { from, to }: ReadSpan): void {
  const stands = new Map(readPositions(ledger).map(({ file, position }) => [file, position]));
  const isWhereItWas =
    stands.size === from.length && from.every(({ file, position }) => stands.get(file) === position);
  if (!isWhereItWas) throw new Overtaken();
  storePositions(ledger, to);
}
