import type { Finding } from '../model/finding.ts';
import type { PortageFacts } from '../model/portage.ts';
import type { Verdict } from '../model/verdict.ts';

/** The verdict on a machine, for a command that shows it. */
export interface VerdictView {
  readonly verdict: Verdict;
  readonly portage: Pick<PortageFacts, 'form'>;
  /** Since when a finding is open, ms; null: it was not recorded before. */
  since(finding: FindingIdentity): number | null;
  /** Until when a finding is silenced, ms; null: it is not. */
  silenced(finding: FindingIdentity): number | null;
}

export type FindingIdentity = Pick<Finding, 'code' | 'subject'>;
