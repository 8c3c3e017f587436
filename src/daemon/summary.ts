import type { Verdict } from '../model/verdict.ts';

/** The verdict in one line, for the service manager and the log. */
export function summary({ findings }: Verdict): string {
  const telling = findings.filter((finding) => finding.severity !== 'notice');
  const [worst, ...others] = telling;
  if (worst === undefined) return 'in sync';
  return `${worst.severity}: ${worst.title}${others.length > 0 ? ` (and ${others.length} more)` : ''}`;
}
