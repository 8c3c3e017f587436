import { andOthers, leading } from '../../model/told.ts';
import type { Verdict } from '../../model/verdict.ts';

/** The state of the machine in one line: the worst that is wrong, or that nothing is. */
export function headline(verdict: Verdict): string {
  const lead = leading(verdict.findings);
  if (lead !== null) return `${lead.worst.title}${andOthers(lead)}.`;
  const unknown = verdict.links.filter((link) => link.mark === 'unknown');
  if (unknown.length > 0) {
    return `Nothing is known to be wrong, but not all could be told: ${unknown.map((link) => link.name).join(', ')}.`;
  }
  return verdict.findings.length === 0 ? 'All in sync.' : 'All in sync, with something worth knowing.';
}
