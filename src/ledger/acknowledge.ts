import type { Ledger } from './open-ledger.ts';
import { numberOrNull, rowOf, rowsOf, textIn, textOrNull } from './row.ts';
import { statement } from './statements.ts';

export interface Acknowledgement {
  readonly code: string;
  /** '': any subject. */
  readonly subject: string;
  /** ms; null: for ever. */
  readonly until: number | null;
  /** Only while the finding has this title; null: with any title. */
  readonly untilTitle: string | null;
}

/** JSON has no infinity; this is the last moment that a Date can hold, ms. */
export const FOR_EVER = 8.64e15;

export function acknowledge(
  ledger: Ledger,
  { code, subject, until, untilTitle }: Acknowledgement,
  at: number,
): void {
  const sql =
    'INSERT OR REPLACE INTO acknowledgement (code, subject, at, until, until_title) VALUES (?, ?, ?, ?, ?)';
  statement(ledger.database, sql).run(code, subject, at, until, untilTitle);
}

/** Removes acknowledgements; returns how many there were. */
export function unacknowledge(ledger: Ledger, code: string, subject: string): number {
  const sql = "DELETE FROM acknowledgement WHERE code = ? AND (subject = ? OR ? = '')";
  return statement(ledger.database, sql).run(code, subject, subject).changes;
}

/** Until when a finding is silenced, ms; null: it is not. */
export function acknowledgedUntil(
  ledger: Ledger,
  finding: { readonly code: string; readonly subject: string; readonly title: string },
  at: number,
): number | null {
  const sql = "SELECT until, until_title FROM acknowledgement WHERE code = ? AND subject IN (?, '')";
  for (const row of rowsOf(statement(ledger.database, sql).all(finding.code, finding.subject))) {
    const until = numberOrNull(row, 'until') ?? FOR_EVER;
    const title = textOrNull(row, 'until_title');
    if (until > at && (title === null || title === finding.title)) return until;
  }
  return null;
}

/** The title of an open finding, for an acknowledgement that lasts until it changes; null: none is open. */
export function openTitle(ledger: Ledger, code: string, subject: string): string | null {
  const sql = "SELECT title FROM finding WHERE code = ? AND (subject = ? OR ? = '') AND resolved_at IS NULL";
  const row = rowOf(statement(ledger.database, sql).get(code, subject, subject));
  return row === null ? null : textIn(row, 'title');
}
