import type { Finding, Severity } from './finding.ts';

/** Who is told what: the one place that says which finding leads, and which is silenced. */

interface Tellable {
  readonly severity: Severity;
}

interface Silenceable {
  /** Until when the user has silenced it, ms; null: not. */
  readonly acknowledgedUntil: number | null;
}

export interface Leading<Each> {
  readonly worst: Each;
  readonly others: readonly Each[];
}

/** Has the user said to hear no more of it for now? `now` in ms. */
export function isSilenced({ acknowledgedUntil }: Silenceable, now: number): boolean {
  return acknowledgedUntil !== null && acknowledgedUntil > now;
}

/** Of findings, worst first, the one that leads and those behind it; notices lead nothing. null: nothing is to be told. */
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

/** Behind the words of the one that leads: `, and 2 other findings`; '' where it is alone. */
export function andOthers({ others }: Pick<Leading<unknown>, 'others'>): string {
  const count = others.length;
  return count === 0 ? '' : `, and ${count === 1 ? '1 other finding' : `${count} other findings`}`;
}

/** What the next boot comes up without by these findings, each name once. */
export function nextBootLosses(
  findings: readonly { readonly about: { readonly nextBootLoses: readonly string[] } }[],
): string[] {
  return [...new Set(findings.flatMap(({ about }) => about.nextBootLoses))];
}

/** Does the next boot lose something by this finding? What is about the running kernel alone is gone with it. */
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
