import { findingKey } from '../../model/finding.ts';
import type { PublishedFinding } from '../../published/form.ts';

/** Findings that this user put off, by code and subject. */
export type Snooze = Readonly<Record<string, Snoozed>>;

export interface Snoozed {
  /** ms since the epoch. */
  readonly until: number;
  readonly severity: string;
  readonly title: string;
}

/** Until when a finding is put off, ms since the epoch; 0: it is not, or its severity or title changed. */
export function snoozedUntil(snooze: Snooze, finding: PublishedFinding): number {
  const entry = snooze[findingKey(finding)];
  if (entry === undefined || entry.severity !== finding.severity || entry.title !== finding.title) return 0;
  return entry.until;
}

/** Adds these findings, and drops entries whose time is over. */
export function putOff(
  snooze: Snooze,
  findings: readonly PublishedFinding[],
  until: number,
  now: number,
): Snooze {
  const kept = Object.entries(snooze).filter(([, entry]) => entry.until > now);
  const added = findings.map((finding) => {
    const { severity, title } = finding;
    return [findingKey(finding), { until, severity, title }] as const;
  });
  return Object.fromEntries([...kept, ...added]);
}

/** Eight in the morning of the next day, local time, ms since the epoch. */
export function nextMorning(now: number): number {
  const date = new Date(now);
  return new Date(date.getFullYear(), date.getMonth(), date.getDate() + 1, 8).getTime();
}
