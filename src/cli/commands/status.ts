import type { Verdict } from '../../model/verdict.ts';
import type { Invocation } from '../command.ts';
import { lookAndJudge } from '../machine.ts';
import { findingList, type Since } from '../render/findings.ts';
import { headline } from '../render/headline.ts';
import { picture } from '../render/picture.ts';
import { paint, plain } from '../render/style.ts';
import type { Terminal } from '../terminal.ts';

/** `aufswatch status`: the picture, the findings, the next step. */
export async function status(invocation: Invocation): Promise<number> {
  const { terminal } = invocation;
  if (invocation.flag('after-emerge')) return (await import('./after-emerge.ts')).afterEmerge(invocation);
  const judged = await lookAndJudge(invocation);
  if (!judged.ok) return terminal.fail(judged.message);
  const { verdict, since } = judged.value;
  if (invocation.flag('json')) {
    const findings = verdict.findings.map((finding) => ({ ...finding, since: since(finding) }));
    terminal.out(`${JSON.stringify({ ...verdict, findings }, null, 2)}\n`);
    return 0;
  }
  terminal.out(statusText(verdict, terminal, since));
  return 0;
}

/** What `status` prints, as text. */
export function statusText(verdict: Verdict, terminal: Terminal, since: Since = () => null): string {
  const parts = [`${plain(terminal, headline(verdict))}\n`, picture(verdict.links, terminal)];
  if (verdict.findings.length > 0) parts.push(findingList(verdict.findings, terminal, since));
  const next = nextStep(verdict, terminal);
  if (next !== '') parts.push(next);
  return parts.join('\n');
}

function nextStep(verdict: Verdict, terminal: Terminal): string {
  const [first, ...others] = verdict.plan;
  if (first === undefined) return '';
  const step = plain(terminal, first.command ?? first.why);
  const more = others.length > 0 ? `\n${others.length} more after it: aufswatch plan` : '';
  return `${paint(terminal, 'bold', 'Next:')} ${step}${more}\n`;
}
