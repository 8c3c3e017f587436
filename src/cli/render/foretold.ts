import { type Finding, findingKey } from '../../model/finding.ts';
import type { Effect, Merge } from '../../model/merge.ts';
import type { PortageFacts } from '../../model/portage.ts';
import type { Verdict } from '../../model/verdict.ts';
import type { Terminal } from '../terminal.ts';
import { headline } from './headline.ts';
import { planText } from './steps.ts';
import { paint, plain, severityColour } from './style.ts';
import { wrap } from './wrap.ts';

/** A machine before and after merges. */
export interface ForetoldView {
  readonly merges: readonly Merge[];
  readonly effects: readonly Effect[];
  readonly before: Verdict;
  readonly after: Verdict;
}

interface About {
  readonly root: string;
  readonly portage: Pick<PortageFacts, 'form'>;
}

/** What `aufswatch foretell` prints: the merges, the findings that they change, and the plan for afterwards. */
export function foretoldText(
  { merges, effects, before, after }: ForetoldView,
  terminal: Terminal,
  { root, portage }: About,
): string {
  const { width } = terminal;
  const paragraph = (label: string, text: string): string =>
    plain(terminal, `${wrap(`${label} ${text}`, width, '  ').trimStart()}\n`);
  const parts = [plain(terminal, mergesText(merges, effects, width))];
  const [now, then] = [headline(before, portage), headline(after, portage)];
  parts.push(
    now === then
      ? paragraph('Before and after:', now)
      : `${paragraph('Before:', now)}${paragraph('After: ', then)}`,
  );
  const news = without(after.findings, before.findings);
  const gone = without(before.findings, after.findings);
  if (news.length > 0) parts.push(`New then:\n${news.map((found) => line(found, terminal)).join('')}`);
  if (gone.length > 0) parts.push(`Gone then:\n${gone.map((found) => line(found, terminal)).join('')}`);
  if (after.plan.length > 0) parts.push(`To do after it:\n\n${planText(after.plan, terminal, root)}`);
  return parts.join('\n');
}

function mergesText(merges: readonly Merge[], effects: readonly Effect[], width: number): string {
  if (merges.length === 0) return 'Nothing would be merged.\n';
  const some = merges.length === 1 ? '1 package' : `${merges.length} packages`;
  const removed = merges.filter(({ what }) => what === 'removed').length;
  const what = removed === merges.length ? 'removed' : removed > 0 ? 'merged or removed' : 'merged';
  if (effects.length === 0) return `${some} would be ${what}; nothing of it changes the five links.\n`;
  const lines = effects.map(({ cpv, certainty, text }) => {
    const mark = { known: '', unknown: '? ', failure: '! ' }[certainty];
    return `${wrap(`${mark}${cpv} ${text}`, width, '    ').replace(/^ {4}/, '  ')}\n`;
  });
  return `${some} would be ${what}. Of these:\n${lines.join('')}`;
}

function line(finding: Finding, terminal: Terminal): string {
  const severity = paint(terminal, severityColour(finding.severity), finding.severity);
  return `${wrap(`${severity}: ${plain(terminal, `${finding.title} (${finding.code})`)}`, terminal.width, '    ').replace(/^ {4}/, '  ')}\n`;
}

function without(findings: readonly Finding[], others: readonly Finding[]): Finding[] {
  const keys = new Set(others.map(findingKey));
  return findings.filter((finding) => !keys.has(findingKey(finding)));
}
