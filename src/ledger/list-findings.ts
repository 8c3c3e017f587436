import type { Ledger } from './open-ledger.ts';
import { numberIn, numberOrNull, type Row, rowsOf, textIn } from './row.ts';
import { statement } from './statements.ts';

export interface FindingRecord {
  readonly code: string;
  readonly subject: string;
  readonly severity: string;
  readonly title: string;
  readonly openedAtMs: number;
  /** ms; null: it is open. */
  readonly resolvedAtMs: number | null;
}

/** The open findings, or all that ever were, oldest first. */
export function listFindings(ledger: Ledger, all: boolean): FindingRecord[] {
  const sql = `SELECT ${COLUMNS} FROM finding WHERE resolved_at IS NULL OR ? ORDER BY opened_at, id`;
  return rowsOf(statement(ledger.database, sql).all(all ? 1 : 0)).map(recordOf);
}

/** The newest findings that were open after `since` (ms), oldest first. */
export function newestFindings(ledger: Ledger, since: number, most: number): FindingRecord[] {
  const sql = `SELECT ${COLUMNS} FROM finding WHERE resolved_at IS NULL OR resolved_at >= ?
    ORDER BY opened_at DESC, id DESC LIMIT ?`;
  return rowsOf(statement(ledger.database, sql).all(since, most)).map(recordOf).reverse();
}

const COLUMNS = 'code, subject, severity, title, opened_at, resolved_at';

function recordOf(row: Row): FindingRecord {
  return {
    code: textIn(row, 'code'),
    subject: textIn(row, 'subject'),
    severity: textIn(row, 'severity'),
    title: textIn(row, 'title'),
    openedAtMs: numberIn(row, 'opened_at'),
    resolvedAtMs: numberOrNull(row, 'resolved_at'),
  };
}
