import { commandText } from '../model/command-text.ts';
import { SEVERITIES, type Severity } from '../model/finding.ts';
import { summaryOf } from '../model/summary.ts';
import { losesAtBoot } from '../model/told.ts';
import type { PublishedFinding } from '../published/form.ts';

/** One message to a person. There is one at a time: a new one takes the place of the last. */
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
      /** Is all in sync again, or is what was told just no longer to be told? */
      readonly inSync: boolean;
    };

/**
 * One notice of several findings. Its title says what is at stake, in a few words; the body the cause, and the first
 * step. `busy`: an emerge or a build is under way, and may change what they say.
 */
export function noticeOf(findings: readonly PublishedFinding[], busy = false): Notice {
  const codes = new Set(findings.map((finding) => finding.code));
  const isRoot = (finding: PublishedFinding): boolean => !finding.causedBy.some((code) => codes.has(code));
  const [stake] = findings.toSorted(byStake);
  // The cause first: so they are told, and so they are mended.
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
  // Last, for what is too long is cut off at its end.
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

/** The worst first, and of those what the next boot loses: it is the last that can still be changed. */
function byStake(a: PublishedFinding, b: PublishedFinding): number {
  return rank(a.severity) - rank(b.severity) || Number(losesAtBoot(b)) - Number(losesAtBoot(a));
}

function rank(severity: Severity): number {
  return SEVERITIES.indexOf(severity);
}
