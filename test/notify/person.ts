import { ABOUT_NOTHING, type Severity } from '../../src/model/finding.ts';
import type { NotifyPreferences } from '../../src/model/notify-preferences.ts';
import type { Notice } from '../../src/notify/notice.ts';
import { decide, NOTHING_NOTIFIED, type NotifyState, type Now } from '../../src/notify/policy.ts';
import type { PublishedFinding } from '../../src/published/form.ts';

export const SECOND = 1000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;
export const SETTLE = 30 * SECOND;
export const NOON = new Date(2026, 10, 23, 12, 0).getTime();

export const PREFERENCES: NotifyPreferences = {
  criticalEveryMs: DAY,
  warningEveryMs: 7 * DAY,
  criticalWaitsMs: HOUR,
  notices: false,
  quietHours: null,
};

export function finding(
  code: string,
  severity: Severity,
  since: number,
  more: Partial<PublishedFinding> = {},
): PublishedFinding {
  return {
    code,
    subject: '',
    about: ABOUT_NOTHING,
    severity,
    title: `title of ${code}`,
    text: `text of ${code}`,
    remedy: [],
    causedBy: [],
    sinceMs: since,
    settleMs: SETTLE,
    acknowledgedUntilMs: null,
    ...more,
  };
}

/** A person who receives notices, from one decision to the next. */
export function person(preferences = PREFERENCES) {
  let notified: NotifyState = NOTHING_NOTIFIED;
  return (at: number, findings: readonly PublishedFinding[], more: Partial<Now> = {}): Notice | null => {
    const decision = decide({ at, findings, busy: false, login: false, ...more }, notified, preferences);
    notified = decision.told;
    return decision.notice;
  };
}
