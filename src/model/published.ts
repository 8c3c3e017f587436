import { stepsAsJson } from './command-text.ts';
import type { Finding, PlanStep } from './finding.ts';
import type { Memory } from './memory.ts';
import type { NotifyPreferences } from './notify-preferences.ts';
import type { Step } from './step.ts';
import type { Verdict } from './verdict.ts';

/** The version of the form of status.json. */
export const PUBLISHED_SCHEMA = 1;

/**
 * What the daemon publishes as status.json, for everyone on the machine to read: agents, prompts, dashboards.
 * doc/status.json.md.
 */
export interface Published {
  readonly schema: typeof PUBLISHED_SCHEMA;
  readonly program: string;
  readonly pid: number;
  /** When the daemon last said that it lives, ms. Older than three minutes: it hangs or is gone. */
  readonly heartbeat: number;
  /** When the facts were read, ms. */
  readonly takenAt: number;
  /** Is an emerge or a kernel build under way, so that the verdict may be about to change? */
  readonly busy: boolean;
  readonly verdict: Verdict;
  /** The findings with what the ledger knows of them. */
  readonly findings: readonly PublishedFinding[];
  /** What the verdict rests on besides the facts: for those who judge for themselves and may not read the ledger. */
  readonly memory: Memory;
  /** How the configuration wants people to be told. */
  readonly notify: NotifyPreferences;
}

/** Codes are texts here: what is published may come from another version, which has others. */
export interface PublishedFinding extends Omit<Finding, 'code' | 'causedBy'> {
  readonly code: string;
  readonly causedBy: readonly string[];
  /** When it was first found, ms. */
  readonly since: number;
  /** How long it must hold before anyone is told, ms. */
  readonly settle: number;
  /** Until when the user has silenced it, ms; null: not. */
  readonly acknowledgedUntil: number | null;
}

/** As it is written: each step also with the line that its words make. */
export function publishedText(published: Published): string {
  const { verdict, findings } = published;
  return JSON.stringify({
    ...published,
    verdict: verdictAsJson(verdict),
    findings: findings.map((finding) => findingAsJson(finding)),
  });
}

/** A verdict as it is written to JSON. `root`: the directory of the system that its commands are for. */
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
