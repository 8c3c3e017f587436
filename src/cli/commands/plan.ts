import type { PlanStep } from '../../model/finding.ts';
import type { Invocation } from '../command.ts';
import { lookAndJudge } from '../machine.ts';
import { plain, wrap } from '../render/style.ts';
import type { Terminal } from '../terminal.ts';

/** `aufswatch plan`: the steps, for reading or as a script. It runs none of them. */
export async function plan(invocation: Invocation): Promise<number> {
  const { terminal } = invocation;
  const judged = await lookAndJudge(invocation, { of: 'verdict' });
  if (!judged.ok) return terminal.fail(judged.message);
  const steps = judged.value.verdict.plan;
  if (invocation.flag('json')) terminal.out(`${JSON.stringify(steps, null, 2)}\n`);
  else if (invocation.flag('shell')) terminal.out(planScript(steps));
  else terminal.out(steps.length === 0 ? 'Nothing to do.\n' : planText(steps, terminal));
  if (invocation.flag('hold')) await enterPressed();
  return 0;
}

async function enterPressed(): Promise<void> {
  process.stdin.resume();
  await new Promise((resolve) => {
    process.stdin.once('data', resolve);
    process.stdin.once('end', resolve);
  });
  process.stdin.pause();
}

export function planText(steps: readonly PlanStep[], terminal: Terminal): string {
  return steps
    .map((step, index) => {
      const number = `${index + 1}.`.padEnd(3);
      const head =
        step.command === null
          ? wrapStep(number, `By hand: ${step.why}`, terminal)
          : `${number} ${step.command}`;
      const why = step.command === null ? '' : `\n${wrap(`${step.why}.`, terminal.width, '    ')}`;
      return plain(
        terminal,
        `${head}${why}\n${wrap(`Resolves ${step.resolves.join(', ')}.`, terminal.width, '    ')}\n`,
      );
    })
    .join('\n');
}

function wrapStep(number: string, text: string, terminal: Terminal): string {
  return `${number} ${wrap(text, terminal.width, '    ').trimStart()}`;
}

/** For `sh -e`. What a person must do stops the script there: the steps after it rest on it. */
export function planScript(steps: readonly PlanStep[]): string {
  const lines = steps.flatMap((step) => {
    const comment = `# ${step.why.replaceAll('\n', ' ')} (${step.resolves.join(', ')})`;
    if (step.command !== null) return [comment, step.command];
    const message = `by hand, then run the plan again: ${step.why}`
      .replaceAll("'", `'\\''`)
      .replaceAll('\n', ' ');
    return [comment, `printf '%s\\n' '${message}' >&2`, 'exit 1'];
  });
  return `#!/bin/sh\nset -e\n${lines.map((line) => `${line}\n`).join('')}`;
}
