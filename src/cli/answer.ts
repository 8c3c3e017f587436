import type { Verdict } from '../model/verdict.ts';

/** Exit statuses of commands that report the state of a machine: those of monitoring plugins. */
export const EXIT = { ok: 0, warning: 1, critical: 2, unknown: 3 } as const;
export type Answer = keyof typeof EXIT;

/** The verdict as one word. */
export function answerOf(verdict: Verdict): Answer {
  const severities = verdict.findings.map((finding) => finding.severity);
  // A loss that depends on a guess is neither certain nor excluded.
  if (verdict.nextBoot.kind === 'guess' && losesByGuess(verdict)) return 'unknown';
  if (severities.includes('critical')) return 'critical';
  if (severities.includes('warning')) return 'warning';
  const isGuess = verdict.nextBoot.kind === 'guess';
  return isGuess || verdict.links.some((link) => link.mark === 'unknown') ? 'unknown' : 'ok';
}

/** Are all critical findings about the kernel that is guessed to boot next? */
function losesByGuess({ findings }: Verdict): boolean {
  const critical = findings.filter(({ severity }) => severity === 'critical');
  return critical.length > 0 && critical.every(({ about }) => about.kernel?.role === 'next');
}
