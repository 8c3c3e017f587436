import {
  ABOUT_NOTHING,
  type About,
  type Finding,
  type FindingCode,
  type Severity,
} from '../../model/finding.ts';
import type { Goal } from '../goal.ts';
import type { Situation } from '../situation.ts';

/** A finding before anybody has planned for it: with the goals that would resolve it. */
export interface Found {
  readonly finding: Omit<Finding, 'remedy' | 'causedBy'>;
  readonly goals: readonly Goal[];
}

/** A kind of finding. What it says of one machine is made from what `when` found there. */
export interface CatalogueEntry {
  readonly code: FindingCode;
  /** What it means, for `aufswatch explain` and the manual. */
  readonly meaning: string;
  /** The severities that it can have, worst first. */
  readonly severities: readonly Severity[];
  /** Findings that, when present for the same subject, say all that this one would. */
  readonly dependsOn: readonly FindingCode[];
  /** Findings, of whatever subject, that this one follows from: told together, the cause first. */
  readonly followsFrom: readonly FindingCode[];
  /** How long it must hold before anyone is told, ms. */
  readonly settle: number;
  find(situation: Situation): readonly Found[];
}

export interface Definition<Args> {
  readonly code: FindingCode;
  readonly meaning: string;
  readonly severities: readonly Severity[];
  readonly dependsOn?: readonly FindingCode[];
  readonly followsFrom?: readonly FindingCode[];
  readonly settle?: number;
  /** Where the condition holds for certain; what is unknown raises nothing. */
  when(situation: Situation): readonly Instance<Args>[];
  /** What it is about, as data: what is left out is nothing. */
  about?(args: Args): Partial<About>;
  severity(args: Args): Severity;
  title(args: Args): string;
  text(args: Args): string;
  goals(args: Args): readonly Goal[];
}

export interface Instance<Args> {
  /** Which tree, kernel release, module or package; '' where there can be only one. */
  readonly subject: string;
  readonly args: Args;
}

const SETTLE_DEFAULT = 30_000;
/** For what a merge or its hook does to the sources: nobody is told before emerge ends, and then it stands. */
export const SETTLE_NONE = 0;

/** An entry of the catalogue: its findings are what `when` finds, put into words. */
export function entry<Args>(definition: Definition<Args>): CatalogueEntry {
  const { code, meaning, severities, dependsOn = [], followsFrom = [], settle = SETTLE_DEFAULT } = definition;
  return {
    code,
    meaning,
    severities,
    dependsOn,
    followsFrom,
    settle,
    find: (situation) =>
      definition.when(situation).map(({ subject, args }) => ({
        finding: {
          code,
          subject,
          about: { ...ABOUT_NOTHING, ...definition.about?.(args) },
          severity: definition.severity(args),
          title: definition.title(args),
          text: definition.text(args),
        },
        goals: definition.goals(args),
      })),
  };
}

export const NOTHING: readonly never[] = [];
