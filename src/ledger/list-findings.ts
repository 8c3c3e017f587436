import { acknowledgedUntil } from './acknowledge.ts';
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
  /** Until when nobody is told of it, ms, FOR_EVER among them; null: it is not acknowledged, or not open. */
  readonly acknowledgedUntil: number | null;
}

/** Findings that are open, or all that there ever were, oldest first. `now`: ms. */
export function listFindings(ledger: Ledger, all: boolean, now: number): FindingRecord[] {
  const sql = `SELECT code, subject, severity, title, opened_at, resolved_at FROM finding
    WHERE resolved_at IS NULL OR ? ORDER BY opened_at, id`;
  return rowsOf(statement(ledger.database, sql).all(all ? 1 : 0)).map((row) => {
    const finding = {
      code: textIn(row, 'code'),
      subject: textIn(row, 'subject'),
      severity: textIn(row, 'severity'),
      title: textIn(row, 'title'),
      openedAt: numberIn(row, 'opened_at'),
      resolvedAt: numberOrNull(row, 'resolved_at'),
    };
    const until = finding.resolvedAt === null ? acknowledgedUntil(ledger, finding, now) : null;
    return { ...finding, acknowledgedUntil: until };
  });
}
