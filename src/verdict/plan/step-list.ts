import type { FindingCode, PlanStep } from '../../model/finding.ts';
import type { Command, Stage } from '../../model/step.ts';

/** The findings that need something; empty: it is not due. */
export type Codes = readonly FindingCode[];

/** A step of commands; none where no finding needs it. */
export function run(
  stage: Stage,
  resolves: Codes,
  why: string,
  ...commands: readonly [Command, ...Command[]]
): PlanStep[] {
  return resolves.length === 0 ? [] : [{ by: 'command', commands, why, stage, resolves }];
}

/** A step by hand; none where no finding needs it. */
export function hand(stage: Stage, resolves: Codes, why: string): PlanStep[] {
  return resolves.length === 0 ? [] : [{ by: 'hand', why, stage, resolves }];
}

/** Each code once, in the order of the lists. */
export function union(...lists: readonly Codes[]): Codes {
  return [...new Set(lists.flat())];
}
