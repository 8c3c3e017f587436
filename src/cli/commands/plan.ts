import { stepsAsJson } from '../../model/command-text.ts';
import type { Verdict } from '../../model/verdict.ts';
import { visibleJson } from '../../model/visible.ts';
import type { Invocation } from '../command.ts';
import { lookAndJudge } from '../machine.ts';
import { planScript, planText } from '../render/steps.ts';

/** `aufswatch plan`: the steps, for reading or as a script. It runs none of them. */
export async function plan(invocation: Invocation): Promise<number> {
  const { terminal } = invocation;
  const judged = await lookAndJudge(invocation, { of: 'verdict' });
  if (!judged.ok) return terminal.fail(judged.message);
  const { verdict } = judged.value;
  const steps = verdict.plan;
  const root = invocation.option('root') ?? '/';
  if (invocation.flag('json')) terminal.out(`${visibleJson(stepsAsJson(steps, root), 2)}\n`);
  else if (invocation.flag('shell')) terminal.out(planScript(steps, root, invocation.flag('reboot')));
  else terminal.out(steps.length === 0 ? `${withoutSteps(verdict)}\n` : planText(steps, terminal, root));
  if (invocation.flag('hold')) await enterPressed();
  return 0;
}

/** Nothing to do is said only where nothing is wrong and all is known. */
function withoutSteps({ findings, links }: Verdict): string {
  if (findings.length > 0)
    return `There is no command for ${findings.length === 1 ? 'what is open' : 'any of what is open'}: aufswatch status`;
  const unknown = links.filter(({ mark }) => mark === 'unknown').map(({ name }) => name);
  return unknown.length === 0
    ? 'Nothing to do.'
    : `Nothing to do is known, but not all could be told: ${unknown.join(', ')}.`;
}

async function enterPressed(): Promise<void> {
  process.stdin.resume();
  await new Promise((resolve) => {
    process.stdin.once('data', resolve);
    process.stdin.once('end', resolve);
  });
  process.stdin.pause();
}
