import { andOthers, leading } from '../model/told.ts';
import type { Verdict } from '../model/verdict.ts';

/** The verdict in one line, for the service manager and the log. */
export function summary({ findings }: Verdict): string {
  const lead = leading(findings);
  return lead === null ? 'in sync' : `${lead.worst.severity}: ${lead.worst.title}${andOthers(lead)}`;
}
