import type { Finding } from '../model/finding.ts';
import type { PortageFacts } from '../model/portage.ts';
import type { Verdict } from '../model/verdict.ts';

/** What is wrong with a machine, for a command that shows it. */
export interface VerdictView {
  readonly verdict: Verdict;
  readonly portage: Pick<PortageFacts, 'form'>;
  /** Since when a finding holds, ms; null: nobody has seen it before. */
  since(finding: FindingIdentity): number | null;
  /** Until when the user has silenced a finding, ms; null: not. */
  silenced(finding: FindingIdentity): number | null;
}

export type FindingIdentity = Pick<Finding, 'code' | 'subject'>;
