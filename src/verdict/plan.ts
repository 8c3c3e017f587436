import { type Finding, type PlanStep, type RemedyStep, STAGES } from '../model/finding.ts';

/**
 * The remedies of all findings as one list, in the order in which they must be done: no command twice, and none
 * that another one makes needless.
 */
export function planOf(findings: readonly Finding[]): PlanStep[] {
  const merged: PlanStep[] = [];
  for (const finding of findings) {
    for (const step of finding.remedy) addStep(merged, step, finding.code);
  }
  const kept = merged.filter(
    (step, index) => !merged.some((other, at) => makesNeedless(other, at, step, index)),
  );
  // A step that is left out is still resolved by the one that took its place.
  const whole = kept.map((step) => ({ ...step, resolves: resolvedBy(step, merged) }));
  return whole.toSorted((a, b) => STAGES.indexOf(a.stage) - STAGES.indexOf(b.stage));
}

function addStep(steps: PlanStep[], step: RemedyStep, code: string): void {
  const same = steps.findIndex(
    (known) =>
      known.stage === step.stage &&
      known.command === step.command &&
      (step.command !== null || known.why === step.why),
  );
  const known = steps[same];
  if (known === undefined) {
    steps.push({ ...step, resolves: [code] });
    return;
  }
  steps[same] = {
    ...known,
    achieves: [...new Set([...known.achieves, ...step.achieves])],
    resolves: [...new Set([...known.resolves, code])],
  };
}

/** Of two that achieve the same, the first stays. */
function makesNeedless(other: PlanStep, otherAt: number, step: PlanStep, at: number): boolean {
  if (otherAt === at || step.achieves.length === 0) return false;
  if (!covers(other, step)) return false;
  return other.achieves.length > step.achieves.length || otherAt < at;
}

function covers(other: PlanStep, step: PlanStep): boolean {
  return step.achieves.every((result) => other.achieves.includes(result));
}

function resolvedBy(step: PlanStep, all: readonly PlanStep[]): string[] {
  const taken = all.filter((other) => other === step || covers(step, other));
  return [...new Set(taken.flatMap((other) => other.resolves))];
}
