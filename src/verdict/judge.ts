import type { PlanStep } from '../model/finding.ts';
import { type About, type FindingCode, SEVERITIES } from '../model/finding.ts';
import type { Memory } from '../model/memory.ts';
import type { Snapshot } from '../model/snapshot.ts';
import type { Step } from '../model/step.ts';
import type { Verdict } from '../model/verdict.ts';
import type { CatalogueEntry, Found } from './catalogue/entry.ts';
import { CATALOGUE } from './catalogue.ts';
import { goalKey, type Wish } from './goal.ts';
import { linksOf } from './links.ts';
import { planOf } from './plan.ts';
import { assess, type Situation } from './situation.ts';

/** The findings of a machine, what mends each of them, and one plan for all. */
export function judge(snapshot: Snapshot, memory: Memory): Verdict {
  const situation = assess(snapshot, memory);
  const all = CATALOGUE.flatMap((entry) => entry.find(situation));
  const reported = all.filter((found) => !isRedundant(found, all)).toSorted(worstFirst);
  const { plan, remedyOf } = plansFor(situation, reported);
  return {
    wanted: situation.wanted,
    nextBoot: situation.nextBoot,
    links: linksOf(situation),
    findings: reported.map((found) => ({
      ...found.finding,
      about: withGuess(found.finding.about, situation),
      remedy: remedyOf(found),
      causedBy: causesOf(found, reported),
    })),
    plan,
  };
}

interface Plans {
  readonly plan: readonly PlanStep[];
  remedyOf(found: Found): readonly Step[];
}

/** The steps depend on the goals alone. Findings often have the same goals, and one may have all: each plan is made once. */
function plansFor(situation: Situation, reported: readonly Found[]): Plans {
  const keyOf = (found: readonly Found[]): string =>
    [...new Set(found.flatMap(({ goals }) => goals.map(goalKey)))].join();
  const plan = planOf(situation, wishesOf(reported));
  const made = new Map([[keyOf(reported), plan.map(withoutCodes)]]);
  const remedyOf = (found: Found): readonly Step[] => {
    const key = keyOf([found]);
    const steps = made.get(key) ?? planOf(situation, wishesOf([found])).map(withoutCodes);
    made.set(key, steps);
    return steps;
  };
  return { plan, remedyOf };
}

function wishesOf(found: readonly Found[]): Wish[] {
  return found.flatMap(({ finding: { code }, goals }) => goals.map((goal) => ({ goal, code })));
}

function withGuess(about: About, { nextBoot }: Situation): About {
  return nextBoot.kind === 'guess' && about.nextBootLoses.length > 0 ? { ...about, byGuess: true } : about;
}

function withoutCodes({ resolves: _, ...step }: PlanStep): Step {
  return step;
}

function isRedundant({ finding }: Found, all: readonly Found[]): boolean {
  const dependsOn = entryOf(finding.code)?.dependsOn ?? [];
  return all.some(
    ({ finding: other }) => other.subject === finding.subject && dependsOn.includes(other.code),
  );
}

function causesOf({ finding }: Found, all: readonly Found[]): FindingCode[] {
  const followsFrom = entryOf(finding.code)?.followsFrom ?? [];
  return [...new Set(all.map(({ finding: { code } }) => code))].filter((code) => followsFrom.includes(code));
}

function entryOf(code: FindingCode): CatalogueEntry | undefined {
  return CATALOGUE.find((entry) => entry.code === code);
}

/** Of the same severity, the order of the catalogue stays. */
function worstFirst({ finding: a }: Found, { finding: b }: Found): number {
  return SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity);
}
