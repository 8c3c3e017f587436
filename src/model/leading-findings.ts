import type { Finding, Severity } from './finding.ts';

/** Which finding comes first in a notice, and which are silenced: the only place that decides it. */

interface Tellable {
  readonly severity: Severity;
}

interface Silenceable {
  /** The user has silenced it until then, ms; null: not silenced. */
  readonly acknowledgedUntilMs: number | null;
}

export interface Leading<Each> {
  readonly worst: Each;
  readonly others: readonly Each[];
}

/** Has the user silenced it for now? `now` in ms. */
export function isSilenced({ acknowledgedUntilMs }: Silenceable, now: number): boolean {
  return acknowledgedUntilMs !== null && acknowledgedUntilMs > now;
}

/** Splits findings, worst first, into the first one and the others, without notices. null: there is none. */
export function leading<Each extends Tellable>(findings: readonly Each[]): Leading<Each> | null {
  const [worst, ...others] = findings.filter(({ severity }) => severity !== 'notice');
  return worst === undefined ? null : { worst, others };
}

/** The same, without what is silenced. */
export function leadingUnsilenced<Each extends Tellable & Silenceable>(
  findings: readonly Each[],
  now: number,
): Leading<Each> | null {
  return leading(findings.filter((finding) => !isSilenced(finding, now)));
}

/** The end of a sentence about the first one: `, and 2 other findings`; '' where it is the only one. */
export function andOthers({ others }: Pick<Leading<unknown>, 'others'>): string {
  const count = others.length;
  return count === 0 ? '' : `, and ${count === 1 ? '1 other finding' : `${count} other findings`}`;
}

/** The modules that the next boot will lack because of these findings, each name once. */
export function nextBootLosses(
  findings: readonly { readonly about: { readonly nextBootLoses: readonly string[] } }[],
): string[] {
  return [...new Set(findings.flatMap(({ about }) => about.nextBootLoses))];
}

/** Will the next boot lack a module because of this finding? A problem of the running kernel alone ends with the boot. */
export function losesAtBoot({
  about,
}: {
  readonly about: { readonly nextBootLoses: readonly string[] };
}): boolean {
  return about.nextBootLoses.length > 0;
}

/** The findings in one line, for the service manager and the log. */
export function inOneLine(findings: readonly Finding[]): string {
  const lead = leading(findings);
  return lead === null ? 'in sync' : `${lead.worst.severity}: ${lead.worst.title}${andOthers(lead)}`;
}
