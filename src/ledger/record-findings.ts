import { type Finding, SEVERITIES } from '../model/finding.ts';
import type { Transition } from '../model/transition.ts';
import type { PublishedFinding } from '../published/form.ts';
import { acknowledgedUntil } from './acknowledge.ts';
import type { Ledger } from './open-ledger.ts';
import { numberIn, type Row, rowsOf, textIn } from './row.ts';
import { statement } from './statements.ts';

export interface RecordedFindings {
  readonly transitions: readonly Transition[];
  readonly published: readonly PublishedFinding[];
}

/** Records which findings were opened, changed and resolved; returns since when each is open. */
export function recordFindings(
  ledger: Ledger,
  findings: readonly Finding[],
  settleOf: (code: string) => number,
  at: number,
): RecordedFindings {
  const sql = 'SELECT id, code, subject, severity, title, opened_at FROM finding WHERE resolved_at IS NULL';
  const open = new Map(rowsOf(statement(ledger.database, sql).all()).map((row) => [keyOf(row), row]));
  const transitions: Transition[] = [];
  const published: PublishedFinding[] = [];
  for (const finding of findings) {
    const last = open.get(`${finding.code} ${finding.subject}`);
    open.delete(`${finding.code} ${finding.subject}`);
    const since = last === undefined ? at : numberIn(last, 'opened_at');
    if (last === undefined) transitions.push(openFinding(ledger, finding, at));
    else if (isChanged(last, finding)) transitions.push(changeFinding(ledger, last, finding, at));
    const until = acknowledgedUntil(ledger, finding, at);
    published.push({
      ...finding,
      sinceMs: since,
      settleMs: settleOf(finding.code),
      acknowledgedUntilMs: until,
    });
  }
  for (const row of open.values()) transitions.push(resolveFinding(ledger, row, at));
  return { transitions, published };
}

function keyOf(row: Row): string {
  return `${textIn(row, 'code')} ${textIn(row, 'subject')}`;
}

function isChanged(last: Row, finding: Finding): boolean {
  return textIn(last, 'severity') !== finding.severity || textIn(last, 'title') !== finding.title;
}

function openFinding(ledger: Ledger, finding: Finding, at: number): Transition {
  const { code, subject, severity, title } = finding;
  const sql = 'INSERT INTO finding (code, subject, severity, title, opened_at) VALUES (?, ?, ?, ?, ?)';
  const id = Number(statement(ledger.database, sql).run(code, subject, severity, title, at).lastInsertRowid);
  return logChange(ledger, id, 'opened', finding, at, at);
}

function changeFinding(ledger: Ledger, last: Row, finding: Finding, at: number): Transition {
  const id = numberIn(last, 'id');
  const sql = 'UPDATE finding SET severity = ?, title = ? WHERE id = ?';
  statement(ledger.database, sql).run(finding.severity, finding.title, id);
  return logChange(ledger, id, 'changed', finding, at, numberIn(last, 'opened_at'));
}

function resolveFinding(ledger: Ledger, row: Row, at: number): Transition {
  const id = numberIn(row, 'id');
  statement(ledger.database, 'UPDATE finding SET resolved_at = ? WHERE id = ?').run(at, id);
  const finding: Transition['finding'] = {
    code: textIn(row, 'code'),
    subject: textIn(row, 'subject'),
    severity: SEVERITIES.find((severity) => severity === row.severity) ?? 'notice',
    title: textIn(row, 'title'),
  };
  return logChange(ledger, id, 'resolved', finding, at, numberIn(row, 'opened_at'));
}

function logChange(
  ledger: Ledger,
  id: number,
  kind: Transition['kind'],
  { code, subject, severity, title }: Transition['finding'],
  at: number,
  since: number,
): Transition {
  const sql = 'INSERT INTO finding_change (finding, at, kind, severity, title) VALUES (?, ?, ?, ?, ?)';
  statement(ledger.database, sql).run(id, at, kind, severity, title);
  return { kind, finding: { code, subject, severity, title }, at, since };
}
