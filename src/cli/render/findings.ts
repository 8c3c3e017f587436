import type { Finding } from '../../model/finding.ts';
import { dayTime } from '../../verdict/words.ts';
import type { Terminal } from '../terminal.ts';
import { spanText } from './acknowledged.ts';
import { paint, plain, severityColour } from './style.ts';
import { wrap } from './wrap.ts';

const INDENT = '    ';

/** Since when a finding is open, ms; null: not known. */
export type Since = (finding: Finding) => number | null;

interface Known {
  readonly since: Since;
  /** Until when it is silenced. */
  readonly silenced: Since;
}

/** The findings, worst first, each with its code for `explain` and `ack`. */
export function findingList(
  findings: readonly Finding[],
  terminal: Terminal,
  { since, silenced }: Known,
): string {
  return findings
    .map((finding) => oneFinding(finding, terminal, since(finding), silenced(finding)))
    .join('\n');
}

function oneFinding(
  finding: Finding,
  terminal: Terminal,
  since: number | null,
  silenced: number | null,
): string {
  const severity = paint(terminal, severityColour(finding.severity), finding.severity);
  const head = `  ${severity}: ${plain(terminal, finding.title)}`;
  const body = wrap(plain(terminal, finding.text), terminal.width, INDENT);
  const from = finding.causedBy.length > 0 ? `, follows from ${finding.causedBy.join(', ')}` : '';
  const age = since === null ? '' : `, since ${dayTime(since)}`;
  const silent = silenced === null ? '' : `, silenced ${spanText(silenced)}`;
  const code = paint(
    terminal,
    'grey',
    wrap(`(${finding.code}${age}${from}${silent})`, terminal.width, INDENT),
  );
  return `${wrapHead(head, terminal)}\n${body}\n${code}\n`;
}

function wrapHead(head: string, terminal: Terminal): string {
  return wrap(head.trimStart(), terminal.width - 2, '  ').replaceAll('\n  ', `\n${INDENT}`);
}
