import { stepsAsJson } from '../model/command-text.ts';
import type { PlanStep } from '../model/finding.ts';
import type { Step } from '../model/step.ts';
import type { Verdict } from '../model/verdict.ts';
import type { Published } from './form.ts';

/** The text of status.json. Each step has its command also as one line for a shell. */
export function publishedText(published: Published): string {
  const { verdict, findings } = published;
  return JSON.stringify({
    ...published,
    verdict: verdictAsJson(verdict),
    findings: findings.map((finding) => findingAsJson(finding)),
  });
}

/** A verdict for JSON. `root`: the directory of the system that its commands are for. */
export function verdictAsJson(verdict: Verdict, root = '/') {
  return {
    ...verdict,
    findings: verdict.findings.map((finding) => findingAsJson(finding, root)),
    plan: stepsAsJson<PlanStep>(verdict.plan, root),
  };
}

function findingAsJson<Each extends { readonly remedy: readonly Step[] }>(finding: Each, root = '/') {
  return { ...finding, remedy: stepsAsJson<Step>(finding.remedy, root) };
}
