import { findingKey, SEVERITIES, type Severity } from '../model/finding.ts';
import type { NotifyPreferences } from '../model/notify-preferences.ts';
import { isSilenced } from '../model/told.ts';
import type { PublishedFinding } from '../published/form.ts';
import { type Notice, noticeOf, withdrawal } from './notice.ts';
import { endOfQuiet } from './quiet-hours.ts';

/** What has been told, by code and subject. Plain data, kept from one decision to the next. */
export interface Told {
  readonly findings: Readonly<Record<string, ToldFinding>>;
  /** Is a notice in sight now? */
  readonly showing: boolean;
}

interface ToldFinding {
  readonly severity: Severity;
  readonly title: string;
  readonly at: number;
  /** When it was resolved, ms; null: it is open. */
  readonly resolvedAt: number | null;
}

export const NOTHING_TOLD: Told = { findings: {}, showing: false };

export interface Decision {
  /** What to show or take back now; null: nothing changes. */
  readonly notice: Notice | null;
  readonly told: Told;
  /** When to decide again though nothing may have changed, ms since the epoch; null: only on a change. */
  readonly again: number | null;
}

export interface Now {
  readonly findings: readonly PublishedFinding[];
  /** Is an emerge or a build under way? Then what is found may be gone in a moment. */
  readonly busy: boolean;
  readonly at: number;
  /** Has the session just begun? Critical findings are told again at login. */
  readonly login: boolean;
}

/** What is opened again this soon after it was told is one and the same trouble, ms. */
const FLAPPING = 10 * 60_000;

/** Decides what a person is told. It reads no clock and keeps no state. */
export function decide(now: Now, told: Told, preferences: NotifyPreferences): Decision {
  const telling = now.findings
    .filter((finding) => isTold(finding, now.at, preferences))
    .map((finding) => ({ ...finding, since: past(finding.since, now.at) }));
  const known = afterResolutions(telling, told, now.at);
  const waited = telling
    .filter(({ severity }) => !now.busy || severity === 'critical')
    .map((finding) => {
      const at = tellAt(finding, known, now, preferences);
      return { finding, at: now.busy ? at + preferences.criticalWaits : at };
    });
  // What is found while others work may be gone in a moment. But to keep a machine busy must silence nothing for ever.
  const due = withConsequences(
    waited.filter(({ at }) => at <= now.at).map(({ finding }) => finding),
    telling,
    known,
  );
  const waiting = waited.filter(({ at }) => at > now.at).map(({ at }) => at);
  const again = waiting.length > 0 ? Math.min(...waiting) : null;
  if (due.length > 0) {
    const shown = telling.filter((finding) => due.includes(finding) || isOpen(known[findingKey(finding)]));
    return {
      notice: noticeOf(shown, now.busy),
      told: { findings: tellNow(known, due, now.at), showing: true },
      again,
    };
  }
  const stillShown = telling.some((finding) => isOpen(known[findingKey(finding)]));
  if (told.showing && !stillShown) {
    const allWell = now.findings.every((finding) => finding.severity === 'notice');
    return { notice: withdrawal(allWell), told: { findings: known, showing: false }, again };
  }
  return { notice: null, told: { findings: known, showing: told.showing }, again };
}

function isTold(finding: PublishedFinding, at: number, preferences: NotifyPreferences): boolean {
  return !isSilenced(finding, at) && (finding.severity !== 'notice' || preferences.notices);
}

/** What follows from a finding that is told now is told with it, or it would make a second notice soon after. */
function withConsequences(
  due: readonly PublishedFinding[],
  telling: readonly PublishedFinding[],
  known: Readonly<Record<string, ToldFinding>>,
): PublishedFinding[] {
  const codes = new Set(due.map((finding) => finding.code));
  const follows = (finding: PublishedFinding): boolean =>
    known[findingKey(finding)] === undefined && finding.causedBy.some((code) => codes.has(code));
  return telling.filter((finding) => due.includes(finding) || follows(finding));
}

/** From when on the finding is to be told. */
function tellAt(
  finding: PublishedFinding,
  known: Readonly<Record<string, ToldFinding>>,
  now: Now,
  preferences: NotifyPreferences,
): number {
  const before = known[findingKey(finding)];
  const at = wantedAt(finding, before, now, preferences);
  if (finding.severity === 'critical' || preferences.quietHours === null) return at;
  return endOfQuiet(preferences.quietHours, Math.max(at, now.at));
}

function wantedAt(
  finding: PublishedFinding,
  before: ToldFinding | undefined,
  now: Now,
  preferences: NotifyPreferences,
): number {
  const settled = finding.since + finding.settle;
  if (before === undefined) return settled;
  if (rank(finding.severity) < rank(before.severity)) return settled;
  // Told, resolved, and open again: the same trouble, told again only when it stays.
  if (before.resolvedAt !== null) return Math.max(settled, before.at + FLAPPING);
  // While somebody works it must be a time that stands, or the wait for the end of it would begin anew each time.
  const atOnce = now.busy ? Math.max(settled, before.at) : now.at;
  if (finding.title !== before.title) return atOnce;
  if (now.login && finding.severity === 'critical') return atOnce;
  return before.at + (finding.severity === 'critical' ? preferences.criticalEvery : preferences.warningEvery);
}

/**
 * A time that was written down. One that is still to come is of a clock that was set back since: that it was long ago is
 * the safe guess, for what it stands for would be silent until then.
 */
function past(time: number, at: number): number {
  return time > at ? 0 : time;
}

/** Marks what was told and is gone; forgets it once it can no longer be flapping. */
function afterResolutions(
  open: readonly PublishedFinding[],
  told: Told,
  at: number,
): Record<string, ToldFinding> {
  const openKeys = new Set(open.map(findingKey));
  const known: Record<string, ToldFinding> = {};
  for (const [key, last] of Object.entries(told.findings)) {
    const finding = { ...last, at: past(last.at, at) };
    if (openKeys.has(key)) known[key] = finding;
    else if (at - finding.at < FLAPPING) known[key] = { ...finding, resolvedAt: finding.resolvedAt ?? at };
  }
  return known;
}

function tellNow(
  known: Readonly<Record<string, ToldFinding>>,
  due: readonly PublishedFinding[],
  at: number,
): Record<string, ToldFinding> {
  const next = { ...known };
  for (const finding of due) {
    const { severity, title } = finding;
    next[findingKey(finding)] = { severity, title, at, resolvedAt: null };
  }
  return next;
}

function isOpen(finding: ToldFinding | undefined): boolean {
  return finding !== undefined && finding.resolvedAt === null;
}

function rank(severity: Severity): number {
  return SEVERITIES.indexOf(severity);
}
