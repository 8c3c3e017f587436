import { andOthers, leading } from '../../model/leading-findings.ts';
import type { PortageFacts } from '../../model/portage.ts';
import type { Verdict } from '../../model/verdict.ts';

/**
 * The state of the machine in one line: the worst finding, else a notice, else what is unknown. It says that all is in sync
 * only where nothing is open and nothing is unknown. Without Portage it begins with that.
 */
export function headline(verdict: Verdict, { form }: Pick<PortageFacts, 'form'>): string {
  const isForeign = !form.known && form.code === 'missing';
  return `${isForeign ? 'No Portage here. ' : ''}${stateOf(verdict)}`;
}

function stateOf({ findings, links }: Verdict): string {
  const lead = leading(findings);
  if (lead !== null) return `${lead.worst.title}${andOthers(lead)}.`;
  const unknown = links.filter((link) => link.mark === 'unknown').map(({ name }) => name);
  const untold = unknown.length === 0 ? '' : `Not all could be told: ${unknown.join(', ')}.`;
  const [notice, ...others] = findings;
  if (notice === undefined) return untold === '' ? 'All in sync.' : untold;
  const told = `${notice.title}${andOthers({ others })}.`;
  return untold === '' ? told : `${told} ${untold}`;
}
