import { commandText } from '../model/command-text.ts';
import { SEVERITIES, type Severity } from '../model/finding.ts';
import type { PublishedFinding } from '../model/published.ts';

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
 * One notice of several findings: the root cause leads, what follows from it comes after. `busy`: an emerge or a build is
 * under way, and may change what they say.
 */
export function noticeOf(findings: readonly PublishedFinding[], busy = false): Notice {
  const codes = new Set(findings.map((finding) => finding.code));
  const isRoot = (finding: PublishedFinding): boolean => !finding.causedBy.some((code) => codes.has(code));
  const ordered = findings.toSorted(
    (a, b) => Number(isRoot(b)) - Number(isRoot(a)) || rank(a.severity) - rank(b.severity),
  );
  const [lead, ...others] = ordered;
  const severity =
    findings.map((finding) => finding.severity).toSorted((a, b) => rank(a) - rank(b))[0] ?? 'notice';
  const lines = [lead?.text ?? '', ...others.map((finding) => `${finding.title}.`)];
  const step = ordered
    .flatMap((finding) => finding.remedy.map((each) => commandText(each)))
    .find((command) => command !== null);
  if (step !== undefined) lines.push(`To mend it: aufswatch plan (begins with: ${step})`);
  if (busy) lines.push('An emerge or a build is still under way, and may change this.');
  return {
    kind: 'tell',
    severity,
    title: lead?.title ?? '',
    body: lines.filter((line) => line !== '').join('\n'),
    codes: [...new Set(ordered.map((finding) => finding.code))],
  };
}

export function withdrawal(inSync: boolean): Notice {
  return { kind: 'withdraw', inSync };
}

function rank(severity: Severity): number {
  return SEVERITIES.indexOf(severity);
}
