import type { PortageFacts } from '../../model/portage.ts';
import type { Verdict } from '../../model/verdict.ts';
import { verdictAsJson } from '../../published/write.ts';
import { command, type MachineInvocation } from '../command.ts';
import { flag, JSON_OUTPUT, SNAPSHOT } from '../definition.ts';
import { jsonOutput } from '../json-output.ts';
import { findingList, type Since } from '../render/findings.ts';
import { headline } from '../render/headline.ts';
import { hint } from '../render/hint.ts';
import { picture } from '../render/picture.ts';
import { stepWords } from '../render/steps.ts';
import { paint, plain } from '../render/style.ts';
import { wrap } from '../render/wrap.ts';
import type { Terminal } from '../terminal.ts';

/** `aufswatch status`: the picture, the findings, the next step. */
export const status = command(
  {
    description:
      'Shows the five links of this machine (sources, build, image, running kernel, module), one line each, then the findings, worst first, and the next step. It changes nothing and needs no daemon.',
    args: {},
    options: {
      json: JSON_OUTPUT,
      'after-emerge': flag('at most six lines, none when all is in sync; for the post_emerge hook'),
      line: flag('one short line from what the daemon published, none when all is in sync; for a prompt'),
      snapshot: SNAPSHOT,
    },
  },
  async (invocation) => {
    const { options } = invocation;
    if (options['after-emerge']) return (await import('./after-emerge.ts')).afterEmerge(invocation);
    if (options.line) return (await import('./status-line.ts')).statusLine(invocation);
    return options.json ? showJson(invocation) : showStatus(invocation);
  },
);

/** Prints the status. Resolves to the exit status. */
export async function showStatus(invocation: MachineInvocation): Promise<number> {
  const { terminal, options } = invocation;
  const judged = await invocation.getVerdict(invocation);
  if (!judged.ok) return terminal.fail(judged.message);
  const { verdict, since, silenced, portage } = judged.value;
  const root = options.root ?? '/';
  const about = { since, silenced, all: hint('plan', invocation), root, portage };
  terminal.out(statusText(verdict, terminal, about));
  return 0;
}

async function showJson(invocation: MachineInvocation): Promise<number> {
  const { terminal, options } = invocation;
  const judged = await invocation.getVerdict(invocation);
  if (!judged.ok) return terminal.fail(judged.message);
  const { verdict, since, silenced } = judged.value;
  const json = verdictAsJson(verdict, options.root ?? '/');
  const findings = json.findings.map((finding) => ({
    ...finding,
    sinceMs: since(finding),
    acknowledgedUntilMs: silenced(finding),
  }));
  terminal.out(jsonOutput('status', { ...json, findings }));
  return 0;
}

/** What the text needs besides the verdict. */
export interface About {
  readonly since: Since;
  /** Until when a finding is silenced, ms; null: it is not. */
  readonly silenced: Since;
  /** The command that lists all steps. */
  readonly all: string;
  /** The directory of the system. */
  readonly root: string;
  readonly portage: Pick<PortageFacts, 'form'>;
}

/** The text of `status`: what is wrong, what to do, then the links and the findings. */
export function statusText(verdict: Verdict, terminal: Terminal, about: About): string {
  const what = wrap(plain(terminal, headline(verdict, about.portage)), terminal.width, '');
  const parts = [`${what}\n${nextStep(verdict, terminal, about)}`, picture(verdict.links, terminal)];
  if (verdict.findings.length > 0) parts.push(findingList(verdict.findings, terminal, about));
  return parts.join('\n');
}

function nextStep(verdict: Verdict, terminal: Terminal, { all, root }: About): string {
  const [first, ...others] = verdict.plan;
  if (first === undefined) return '';
  const words = stepWords(first, root);
  // That system cannot be booted from inside it.
  const label = root === '/' || first.stage === 'boot' ? 'Next:' : 'Next, in chroot:';
  // A command is to be copied, so it stays on one line.
  const step =
    words.by === 'command'
      ? words.line
      : wrap(`${label} ${words.what}`, terminal.width, '  ')
          .trimStart()
          .slice(label.length + 1);
  const steps = others.length === 1 ? '1 more step' : `${others.length} more steps`;
  const more = others.length > 0 ? `\n${steps} after it: ${plain(terminal, all)}` : '';
  return `${paint(terminal, 'bold', label)} ${plain(terminal, step)}${more}\n`;
}
