import type { Severity } from '../model/finding.ts';
import type { LedgerFailure } from './failure.ts';
import type { Ledger } from './open-ledger.ts';
import { rowOf, textIn } from './row.ts';
import { statement } from './statements.ts';
import { transact } from './transact.ts';

/** A notice that reached somebody. */
export interface SentNotice {
  readonly at: number;
  readonly channel: string;
  readonly severity: Severity;
  readonly title: string;
}

const KEY = 'voice';

/** What the voice wrote down last; null: nothing yet. */
export function readNotifierMemory(ledger: Ledger): string | null {
  const row = rowOf(statement(ledger.database, 'SELECT value FROM remembered WHERE key = ?').get(KEY));
  return row === null ? null : textIn(row, 'value');
}

/** Records what was sent and what the voice remembers, in one transaction; null, or why not. */
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
