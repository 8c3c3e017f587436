import type { Finding } from './finding.ts';

/** A finding that came, changed in what matters, or went. */
export interface Transition {
  readonly kind: 'opened' | 'changed' | 'resolved';
  readonly finding: Pick<Finding, 'code' | 'subject' | 'severity' | 'title'>;
  readonly at: number;
  /** When it was opened, ms. */
  readonly since: number;
}
