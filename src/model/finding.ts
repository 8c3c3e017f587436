export const SEVERITIES = ['critical', 'warning', 'notice'] as const;
/**
 * `critical`: this boot or the next is without AUFS or a wanted module. `warning`: a link is behind and work
 * is due. `notice`: worth knowing.
 */
export type Severity = (typeof SEVERITIES)[number];

/**
 * Something that is wrong, in words for this machine. Identity is code and subject; what is absent is healthy.
 */
export interface Finding {
  readonly code: string;
  /** Which tree, kernel release, module or package: '' where there can be only one. */
  readonly subject: string;
  readonly severity: Severity;
  /** What is wrong, in one line. */
  readonly title: string;
  /** Why, and what will happen: one or two sentences. */
  readonly text: string;
  /** What to do on this machine, in order. */
  readonly remedy: readonly RemedyStep[];
  /** Codes of findings, present now, that this one follows from. */
  readonly causedBy: readonly string[];
}

/** One command for a shell, or, with `command` null, something to do by hand. */
export interface RemedyStep {
  readonly command: string | null;
  readonly why: string;
  /** Steps are done in the order of the stages. */
  readonly stage: Stage;
  /**
   * What is so when it is done, as `build:/usr/src/linux-6.1` or `module:aufs`. A step is needless where another
   * one achieves all that it does.
   */
  readonly achieves: readonly string[];
}

/**
 * `prepare`: what a package asks of the sources before it patches them. `patch`: after all that brings the sources
 * anew, which takes patches out again.
 */
export const STAGES = [
  'sources',
  'prepare',
  'patch',
  'config',
  'build',
  'install',
  'modules',
  'image',
  'menu',
  'docker',
  'self',
  'boot',
] as const;
export type Stage = (typeof STAGES)[number];

/** A step of the plan: a remedy with the codes of all the findings that it resolves. */
export interface PlanStep extends RemedyStep {
  readonly resolves: readonly string[];
}

/** A finding's identity, as one text. */
export function findingKey(finding: Pick<Finding, 'code' | 'subject'>): string {
  return `${finding.code} ${finding.subject}`;
}
