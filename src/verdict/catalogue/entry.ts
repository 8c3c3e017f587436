import {
  ABOUT_NOTHING,
  type About,
  type Finding,
  type FindingCode,
  type Severity,
} from '../../model/finding.ts';
import type { Goal } from '../goal.ts';
import type { Situation } from '../situation.ts';

/** A finding before the planner has run, with the goals that would resolve it. */
export interface Found {
  readonly finding: Omit<Finding, 'remedy' | 'causedBy'>;
  readonly goals: readonly Goal[];
}

/** A kind of finding. Its texts for one machine are made from what `when` returned for it. */
export interface CatalogueEntry {
  readonly code: FindingCode;
  /** What it means, for `aufswatch explain` and the manual. */
  readonly meaning: string;
  /** The severities that it can have, worst first. */
  readonly severities: readonly Severity[];
  /** If one of these is present for the same subject, this finding is left out: the other says it all. */
  readonly dependsOn: readonly FindingCode[];
  /** Causes of this finding, whatever their subject: they are reported together, the cause first. */
  readonly followsFrom: readonly FindingCode[];
  /** How long the finding must hold before a notice is sent, ms. */
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
  /** The instances for which the condition certainly holds; what is unknown raises nothing. */
  when(situation: Situation): readonly Instance<Args>[];
  /** What it is about, as data; fields that are left out are empty. */
  about?(args: Args): Partial<About>;
  severity(args: Args): Severity;
  title(args: Args): string;
  text(args: Args): string;
  goals(args: Args): readonly Goal[];
}

export interface Instance<Args> {
  /** The tree, kernel release, module or package; '' if there can be only one instance. */
  readonly subject: string;
  readonly args: Args;
}

const SETTLE_DEFAULT = 30_000;
/** For what a merge or its hook does to the sources: no notice is sent before emerge ends, and after that it is final. */
export const SETTLE_NONE = 0;

/** Makes an entry of the catalogue: one finding for each instance that `when` returns. */
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
