import type { Severity } from '../model/finding.ts';
import type { LedgerFailure } from './failure.ts';
import type { Ledger } from './open-ledger.ts';
import { rowOf, textIn } from './row.ts';
import { statement } from './statements.ts';
import { transact } from './transact.ts';

/** A notice that was delivered. */
export interface SentNotice {
  readonly at: number;
  readonly channel: string;
  readonly severity: Severity;
  readonly title: string;
}

/** The key in the database since its first version. */
const KEY = 'voice';

/** The stored memory of the notifier; null: there is none yet. */
export function readNotifierMemory(ledger: Ledger): string | null {
  const row = rowOf(statement(ledger.database, 'SELECT value FROM remembered WHERE key = ?').get(KEY));
  return row === null ? null : textIn(row, 'value');
}

/** Records the sent notices and the memory of the notifier in one transaction. Returns why that failed; null: it did not. */
export function recordNotices(
  ledger: Ledger,
  memory: string,
  sent: readonly SentNotice[],
): LedgerFailure | null {
  const done = transact(ledger, () => {
    statement(ledger.database, 'INSERT OR REPLACE INTO remembered VALUES (?, ?)').run(KEY, memory);
    const sql = 'INSERT INTO notice (at, channel, severity, title) VALUES (?, ?, ?, ?)';
    for (const { at, channel, severity, title } of sent)
      statement(ledger.database, sql).run(at, channel, severity, title);
  });
  return done.ok ? null : done.failure;
}
