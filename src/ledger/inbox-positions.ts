import type { InboxPosition } from '../model/event.ts';
import { Overtaken } from './failure.ts';
import type { Ledger } from './open-ledger.ts';
import { numberIn, rowsOf, textIn } from './row.ts';
import { statement } from './statements.ts';

export function readPositions(ledger: Ledger): InboxPosition[] {
  const rows = rowsOf(statement(ledger.database, 'SELECT file, position FROM inbox_position').all());
  return rows.map((row) => ({ file: textIn(row, 'file'), position: numberIn(row, 'position') }));
}

/** The files that there are now, and no others. */
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

/** How far the inbox had been read before a reading, and how far it is read with it. */
export interface ReadSpan {
  readonly from: readonly InboxPosition[];
  readonly to: readonly InboxPosition[];
}

/**
 * Stores how far the inbox is read, inside the transaction that records what was read. Throws Overtaken where the ledger
 * does not stand where the reading began: another process has recorded the same lines since.
 */
export function advance(ledger: Ledger, { from, to }: ReadSpan): void {
  const stands = new Map(readPositions(ledger).map(({ file, position }) => [file, position]));
  const isWhereItWas =
    stands.size === from.length && from.every(({ file, position }) => stands.get(file) === position);
  if (!isWhereItWas) throw new Overtaken();
  storePositions(ledger, to);
}
