import type { Finding } from './finding.ts';

/** The code is a string, because the ledger has findings of earlier versions. */
export interface TransitionFinding extends Pick<Finding, 'subject' | 'severity' | 'title'> {
  readonly code: string;
}

/** A finding appeared, changed in severity or title, or disappeared. */
export interface Transition {
  readonly kind: 'opened' | 'changed' | 'resolved';
  readonly finding: TransitionFinding;
  readonly at: number;
  /** When it was opened, ms. */
  readonly since: number;
}
