import { resolve } from 'node:path';
import { stepsAsJson } from '../../model/command-text.ts';
import type { Verdict } from '../../model/verdict.ts';
import { command } from '../command.ts';
import { flag, JSON_OUTPUT, SNAPSHOT } from '../definition.ts';
import { jsonOutput } from '../json-output.ts';
import { hint } from '../render/hint.ts';
import { planScript, planText } from '../render/steps.ts';

/** `aufswatch plan`: the steps, as text or as a script. It runs none of them. */
export const plan = command(
  {
    description:
      'Lists the commands that resolve the findings, in order, each with its reason. It runs none of them. With --shell it prints them as a script for sh -e.',
    args: {},
    options: {
      shell: flag('print a script'),
      reboot: flag('make the script ask at its end whether to reboot'),
      hold: flag('wait for Enter at the end, for a window that would close at once'),
      json: JSON_OUTPUT,
      snapshot: SNAPSHOT,
    },
  },
  async (invocation) => {
    const { terminal } = invocation;
    if (invocation.options.reboot && !invocation.options.shell)
      return terminal.fail('--reboot is for the script: add --shell');
    const judged = await invocation.getVerdict(invocation);
    if (!judged.ok) return terminal.fail(judged.message);
    const { verdict } = judged.value;
    const steps = verdict.plan;
    const root = invocation.options.root ?? '/';
    if (invocation.options.json) terminal.out(jsonOutput('plan', { steps: stepsAsJson(steps, root) }));
    else if (invocation.options.shell)
      terminal.out(planScript(steps, resolve(root), invocation.options.reboot));
    else
      terminal.out(
        steps.length === 0
          ? `${withoutSteps(verdict, hint('status', invocation))}\n`
          : planText(steps, terminal, root),
      );
    if (invocation.options.hold) await enterPressed();
    return 0;
  },
);

/** It says that there is nothing to do only where nothing is wrong and nothing is unknown. */
function withoutSteps({ findings, links }: Verdict, status: string): string {
  if (findings.length > 0)
    return `There is no command for ${findings.length === 1 ? 'what is open' : 'any of what is open'}: ${status}`;
  const unknown = links.filter(({ mark }) => mark === 'unknown').map(({ name }) => name);
  return unknown.length === 0
    ? 'Nothing to do.'
    : `Nothing to do is known, but not everything could be read: ${unknown.join(', ')}.`;
}

async function enterPressed(): Promise<void> {
  process.stdin.resume();
  await new Promise((resolve) => {
    process.stdin.once('data', resolve);
    process.stdin.once('end', resolve);
  });
  process.stdin.pause();
}
