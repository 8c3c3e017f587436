import type { Finding } from './finding.ts';

/** Its code is a text: the ledger remembers findings of earlier versions. */
export interface TransitionFinding extends Pick<Finding, 'subject' | 'severity' | 'title'> {
  readonly code: string;
}

/** A finding that came, changed in what matters, or went. */
export interface Transition {
  readonly kind: 'opened' | 'changed' | 'resolved';
  readonly finding: TransitionFinding;
  readonly at: number;
  /** When it was opened, ms. */
  readonly since: number;
}
