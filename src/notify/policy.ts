import { findingKey, SEVERITIES, type Severity } from '../model/finding.ts';
import { isSilenced } from '../model/leading-findings.ts';
import type { NotifyPreferences } from '../model/notify-preferences.ts';
import type { PublishedFinding } from '../published/form.ts';
import { type Notice, noticeOf, withdrawal } from './notice.ts';
import { endOfQuiet } from './quiet-hours.ts';

/** The findings that a notice was sent for, by code and subject. Plain data, kept from one decision to the next. */
export interface NotifyState {
  readonly findings: Readonly<Record<string, NotifiedFinding>>;
  /** True while a notice is shown. */
  readonly showing: boolean;
}

interface NotifiedFinding {
  readonly severity: Severity;
  readonly title: string;
  readonly at: number;
  /** When it was resolved, ms since the epoch; null: it is open. */
  readonly resolvedAt: number | null;
}

export const NOTHING_NOTIFIED: NotifyState = { findings: {}, showing: false };

export interface Decision {
  /** The notice to show or withdraw now; null: nothing changes. */
  readonly notice: Notice | null;
  readonly told: NotifyState;
  /** When to decide again even if nothing changes, ms since the epoch; null: only on a change. */
  readonly again: number | null;
}

export interface Now {
  readonly findings: readonly PublishedFinding[];
  /** True while an emerge or a build runs: a finding may be gone in a moment. */
  readonly busy: boolean;
  readonly at: number;
  /** True if the session has just begun: critical findings get a notice again at login. */
  readonly login: boolean;
}

/** A finding that opens again within this time after its notice is the same problem, ms. */
const FLAPPING = 10 * 60_000;

/** Decides which notice to send. It reads no clock and keeps no state. */
export function decide(now: Now, told: NotifyState, preferences: NotifyPreferences): Decision {
  const candidates = now.findings
    .filter((finding) => needsNotice(finding, now.at, preferences))
    .map((finding) => ({ ...finding, sinceMs: past(finding.sinceMs, now.at) }));
  const known = afterResolutions(candidates, told, now.at);
  const waited = candidates
    .filter(({ severity }) => !now.busy || severity === 'critical')
    .map((finding) => {
      const at = dueAt(finding, known, now, preferences);
      return { finding, at: now.busy ? at + preferences.criticalWaitsMs : at };
    });
  // While the machine is busy a finding may be gone in a moment. But a machine that stays busy must not silence it for ever.
  const due = withConsequences(
    waited.filter(({ at }) => at <= now.at).map(({ finding }) => finding),
    candidates,
    known,
  );
  const waiting = waited.filter(({ at }) => at > now.at).map(({ at }) => at);
  const again = waiting.length > 0 ? Math.min(...waiting) : null;
  if (due.length > 0) {
    const shown = candidates.filter((finding) => due.includes(finding) || isOpen(known[findingKey(finding)]));
    return {
      notice: noticeOf(shown, now.busy),
      told: { findings: markNotified(known, due, now.at), showing: true },
      again,
    };
  }
  const stillShown = candidates.some((finding) => isOpen(known[findingKey(finding)]));
  if (told.showing && !stillShown) {
    const allWell = now.findings.every((finding) => finding.severity === 'notice');
    return { notice: withdrawal(allWell), told: { findings: known, showing: false }, again };
  }
  return { notice: null, told: { findings: known, showing: told.showing }, again };
}

function needsNotice(finding: PublishedFinding, at: number, preferences: NotifyPreferences): boolean {
  return !isSilenced(finding, at) && (finding.severity !== 'notice' || preferences.notices);
}

/** Adds the findings that follow from those due now: else they would cause a second notice soon after. */
function withConsequences(
  due: readonly PublishedFinding[],
  candidates: readonly PublishedFinding[],
  known: Readonly<Record<string, NotifiedFinding>>,
): PublishedFinding[] {
  const codes = new Set(due.map((finding) => finding.code));
  const follows = (finding: PublishedFinding): boolean =>
    known[findingKey(finding)] === undefined && finding.causedBy.some((code) => codes.has(code));
  return candidates.filter((finding) => due.includes(finding) || follows(finding));
}

/** When the notice for the finding is due, ms since the epoch. */
function dueAt(
  finding: PublishedFinding,
  known: Readonly<Record<string, NotifiedFinding>>,
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
  before: NotifiedFinding | undefined,
  now: Now,
  preferences: NotifyPreferences,
): number {
  const settled = finding.sinceMs + finding.settleMs;
  if (before === undefined) return settled;
  if (rank(finding.severity) < rank(before.severity)) return settled;
  // Notified, resolved, and open again: the same problem. A second notice is sent only if it stays.
  if (before.resolvedAt !== null) return Math.max(settled, before.at + FLAPPING);
  // While the machine is busy this must be a fixed time, or the wait would start again at each decision.
  const atOnce = now.busy ? Math.max(settled, before.at) : now.at;
  if (finding.title !== before.title) return atOnce;
  if (now.login && finding.severity === 'critical') return atOnce;
  return (
    before.at + (finding.severity === 'critical' ? preferences.criticalEveryMs : preferences.warningEveryMs)
  );
}

/**
 * Returns a stored time, or 0 if it is in the future: then the clock was set back. 0 is the safe choice, since the finding
 * would otherwise stay silent until that time.
 */
function past(time: number, at: number): number {
  return time > at ? 0 : time;
}

/** Marks findings that are gone as resolved, and drops them once they can no longer be flapping. */
function afterResolutions(
  open: readonly PublishedFinding[],
  told: NotifyState,
  at: number,
): Record<string, NotifiedFinding> {
  const openKeys = new Set(open.map(findingKey));
  const known: Record<string, NotifiedFinding> = {};
  for (const [key, last] of Object.entries(told.findings)) {
    const finding = { ...last, at: past(last.at, at) };
    if (openKeys.has(key)) known[key] = finding;
    else if (at - finding.at < FLAPPING) known[key] = { ...finding, resolvedAt: finding.resolvedAt ?? at };
  }
  return known;
}

function markNotified(
  known: Readonly<Record<string, NotifiedFinding>>,
  due: readonly PublishedFinding[],
  at: number,
): Record<string, NotifiedFinding> {
  const next = { ...known };
  for (const finding of due) {
    const { severity, title } = finding;
    next[findingKey(finding)] = { severity, title, at, resolvedAt: null };
  }
  return next;
}

function isOpen(finding: NotifiedFinding | undefined): boolean {
  return finding !== undefined && finding.resolvedAt === null;
}

function rank(severity: Severity): number {
  return SEVERITIES.indexOf(severity);
}
