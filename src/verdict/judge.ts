import { type Finding, SEVERITIES } from '../model/finding.ts';
import type { Memory } from '../model/memory.ts';
import type { Snapshot } from '../model/snapshot.ts';
import type { Verdict } from '../model/verdict.ts';
import { CATALOGUE } from './catalogue.ts';
import { linksOf } from './links.ts';
import { planOf } from './plan.ts';
import { assess } from './situation.ts';

/** What is out of step on the machine that the Snapshot shows, and what mends it. */
export function judge(snapshot: Snapshot, memory: Memory): Verdict {
  const situation = assess(snapshot, memory);
  const found = CATALOGUE.flatMap((entry) => entry.find(situation));
  const telling = found.filter((finding) => !isRedundant(finding, found));
  const findings = telling
    .map((finding) => ({ ...finding, causedBy: causesOf(finding, telling) }))
    .toSorted(worstFirst);
  return {
    wanted: situation.wanted,
    nextBoot: situation.nextBoot,
    links: linksOf(situation),
    findings,
    plan: planOf(findings),
  };
}

function isRedundant(finding: Finding, all: readonly Finding[]): boolean {
  const dependsOn = CATALOGUE.find((entry) => entry.code === finding.code)?.dependsOn ?? [];
  return all.some((other) => other.subject === finding.subject && dependsOn.includes(other.code));
}

function causesOf(finding: Finding, all: readonly Finding[]): string[] {
  const followsFrom = CATALOGUE.find((entry) => entry.code === finding.code)?.followsFrom ?? [];
  return [...new Set(all.map((other) => other.code))].filter((code) => followsFrom.includes(code));
}

/** Of the same severity, the order of the catalogue stays. */
function worstFirst(a: Finding, b: Finding): number {
  return SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity);
}
