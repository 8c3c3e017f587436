import type { Finding, RemedyStep, Severity } from '../../model/finding.ts';
import type { Situation } from '../situation.ts';

/** A kind of finding. What it says of one machine is made from what `when` found there. */
export interface CatalogueEntry {
  /** Kebab-case, stable for ever: users' acknowledgements and alert rules name it. */
  readonly code: string;
  /** What it means, for `aufswatch explain` and the manual. */
  readonly meaning: string;
  /** The severities that it can have, worst first. */
  readonly severities: readonly Severity[];
  /** Findings that, when present for the same subject, say all that this one would. */
  readonly dependsOn: readonly string[];
  /** Findings, of whatever subject, that this one follows from: told together, the cause first. */
  readonly followsFrom: readonly string[];
  /** How long it must hold before anyone is told, ms. */
  readonly settle: number;
  find(situation: Situation): readonly Finding[];
}

export interface Definition<Args> {
  readonly code: string;
  readonly meaning: string;
  readonly severities: readonly Severity[];
  readonly dependsOn?: readonly string[];
  readonly followsFrom?: readonly string[];
  readonly settle?: number;
  /** Where the condition holds for certain; what is unknown raises nothing. */
  when(situation: Situation): readonly Instance<Args>[];
  severity(args: Args): Severity;
  title(args: Args): string;
  text(args: Args): string;
  remedy(args: Args): readonly RemedyStep[];
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
        code,
        subject,
        severity: definition.severity(args),
        title: definition.title(args),
        text: definition.text(args),
        remedy: definition.remedy(args),
        causedBy: [],
      })),
  };
}

export const NOTHING: readonly never[] = [];
