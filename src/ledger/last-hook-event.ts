import type { Ledger } from './open-ledger.ts';
import { numberOrNull, rowOf } from './row.ts';
import { statement } from './statements.ts';

/** Time of the last recorded event from the hook of emerge, ms; null: there is none. */
export function lastHookEvent(ledger: Ledger): number | null {
  const row = rowOf(
    statement(ledger.database, "SELECT max(at) AS at FROM package_event WHERE source = 'hook'").get(),
  );
  return row === null ? null : numberOrNull(row, 'at');
}
