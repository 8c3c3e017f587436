import { commandText } from '../model/command-text.ts';
import { SEVERITIES, type Severity } from '../model/finding.ts';
import { losesAtBoot } from '../model/leading-findings.ts';
import { summaryOf } from '../model/summary.ts';
import type { PublishedFinding } from '../published/form.ts';

/** One message to a person. At most one is shown: a new one replaces the previous one. */
export type Notice =
  | {
      readonly kind: 'tell';
      /** The worst of its findings. */
      readonly severity: Severity;
      readonly title: string;
      readonly body: string;
      /** Codes of its findings, the cause first. */
      readonly codes: readonly string[];
    }
  | {
      readonly kind: 'withdraw';
      /** True: all is in sync again. False: the findings of the last notice no longer need one. */
      readonly inSync: boolean;
    };

/**
 * One notice for several findings. The title says what is at stake, in a few words; the body has the cause and the first
 * step. `busy`: an emerge or a build is running, so the findings may change.
 */
export function noticeOf(findings: readonly PublishedFinding[], busy = false): Notice {
  const codes = new Set(findings.map((finding) => finding.code));
  const isRoot = (finding: PublishedFinding): boolean => !finding.causedBy.some((code) => codes.has(code));
  const [stake] = findings.toSorted(byStake);
  // The cause first, since it is fixed first.
  const ordered = findings.toSorted(
    (a, b) => Number(isRoot(b)) - Number(isRoot(a)) || rank(a.severity) - rank(b.severity),
  );
  const severity = stake?.severity ?? 'notice';
  const [first] = ordered;
  const others = ordered.slice(1).map((finding) => `${finding.title}.`);
  const lines = first === undefined ? [] : [`${first.title}.`, first.text];
  const step = ordered
    .flatMap((finding) => finding.remedy.map((each) => commandText(each)))
    .find((command) => command !== null);
  if (step !== undefined) lines.push(`First step: ${step}\nAll steps: aufswatch plan`);
  // Last: a body that is too long is cut at its end.
  lines.push(...others);
  if (busy) lines.push('An emerge or a build is still under way, and may change this.');
  return {
    kind: 'tell',
    severity,
    title: stake === undefined ? '' : summaryOf(stake),
    body: lines.filter((line) => line !== '').join('\n'),
    codes: [...new Set(ordered.map((finding) => finding.code))],
  };
}

export function withdrawal(inSync: boolean): Notice {
  return { kind: 'withdraw', inSync };
}

/** The worst first; among equals, those that the next boot loses, since they can still be prevented. */
function byStake(a: PublishedFinding, b: PublishedFinding): number {
  return rank(a.severity) - rank(b.severity) || Number(losesAtBoot(b)) - Number(losesAtBoot(a));
}

function rank(severity: Severity): number {
  return SEVERITIES.indexOf(severity);
}
