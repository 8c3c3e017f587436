import type { Finding, PlanStep, Severity } from '../model/finding.ts';
import type { Link } from '../model/verdict.ts';
import type { Matrix } from '../verdict/matrix.ts';

/** Everything that the report shows. Times in ms. */
export interface Report {
  readonly host: string;
  readonly program: string;
  readonly takenAt: number;
  readonly headline: string;
  readonly links: readonly Link[];
  readonly findings: readonly (Finding & { readonly since: number | null })[];
  readonly plan: readonly PlanStep[];
  readonly matrix: Matrix;
  /** null: there is no ledger. */
  readonly past: Past | null;
  /** Formats a time for the reader, such as `2026-11-23 14:10`. */
  time(at: number): string;
}

export interface Past {
  readonly from: number;
  /** The newest events, oldest first. */
  readonly events: readonly PastEvent[];
  /** The number of older events that were left out. */
  readonly leftOut: number;
  readonly spans: readonly PastSpan[];
}

export const LANES = ['package', 'patch', 'build', 'image', 'boot'] as const;
export type Lane = (typeof LANES)[number];

export interface PastEvent {
  readonly lane: Lane;
  readonly at: number;
  readonly text: string;
}

/** The time for which a finding was open. */
export interface PastSpan {
  readonly title: string;
  readonly severity: Severity;
  readonly from: number;
  /** null: it is still open. */
  readonly to: number | null;
}
