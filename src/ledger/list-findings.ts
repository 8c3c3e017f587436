import type { Ledger } from './open-ledger.ts';
import { numberIn, numberOrNull, rowsOf, textIn } from './row.ts';
import { statement } from './statements.ts';

export interface FindingRecord {
  readonly code: string;
  readonly subject: string;
  readonly severity: string;
  readonly title: string;
  readonly openedAt: number;
  /** ms; null: it is open. */
  readonly resolvedAt: number | null;
}

/** Findings that are open, or all that there ever were, oldest first. */
export function listFindings(ledger: Ledger, all: boolean): FindingRecord[] {
  const sql = `SELECT code, subject, severity, title, opened_at, resolved_at FROM finding
    WHERE resolved_at IS NULL OR ? ORDER BY opened_at, id`;
  return rowsOf(statement(ledger.database, sql).all(all ? 1 : 0)).map((row) => ({
    code: textIn(row, 'code'),
    subject: textIn(row, 'subject'),
    severity: textIn(row, 'severity'),
    title: textIn(row, 'title'),
    openedAt: numberIn(row, 'opened_at'),
    resolvedAt: numberOrNull(row, 'resolved_at'),
  }));
}
