import type { Ledger } from './open-ledger.ts';
import { numberIn, rowOf } from './row.ts';
import { statement } from './statements.ts';

/** How many kernel builds and boots are recorded. */
export function countKernels(ledger: Ledger): { builds: number; boots: number } {
  const sql = 'SELECT (SELECT count(*) FROM kernel_build) AS builds, (SELECT count(*) FROM boot) AS boots';
  const row = rowOf(statement(ledger.database, sql).get()) ?? {};
  return { builds: numberIn(row, 'builds'), boots: numberIn(row, 'boots') };
}
