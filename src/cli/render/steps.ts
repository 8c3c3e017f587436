import { commandText, shellLine } from '../../model/command-text.ts';
import type { PlanStep } from '../../model/finding.ts';
import type { Step } from '../../model/step.ts';
import { actsOnReader, visible } from '../../model/visible.ts';
import type { Terminal } from '../terminal.ts';
import { plain } from './style.ts';
import { wrap } from './wrap.ts';

/** How a step is done: a line to copy, or words for what a person does. */
export type StepWords =
  | { readonly by: 'command'; readonly line: string; readonly why: string }
  | { readonly by: 'hand'; readonly what: string };

/**
 * The words are for inside the system that is looked at. Only one that runs can be booted by a command: `root` is the
 * directory of the system that it is for.
 */
export function stepWords(step: Step, root: string): StepWords {
  if (step.stage === 'boot' && root !== '/')
    return { by: 'hand', what: `boot that system, which ${step.why}` };
  const line = commandText(step);
  return line === null ? { by: 'hand', what: step.why } : { by: 'command', line, why: step.why };
}

/** The steps for reading; of another system, with how to get into it. */
export function planText(steps: readonly PlanStep[], terminal: Terminal, root = '/'): string {
  const inside = root === '/' ? '' : `Inside that system: ${shellLine(['chroot', root])}\n\n`;
  return `${plain(terminal, inside)}${stepsText(steps, terminal, root)}`;
}

function stepsText(steps: readonly PlanStep[], terminal: Terminal, root: string): string {
  return steps
    .map((step, index) => {
      const number = `${index + 1}.`.padEnd(3);
      const words = stepWords(step, root);
      const indent = '    ';
      const head =
        words.by === 'hand'
          ? `${number} ${wrap(`By hand: ${words.what}`, terminal.width, indent).trimStart()}`
          : `${number} ${words.line}\n${wrap(`${words.why}.`, terminal.width, indent)}`;
      const resolved = step.resolves.filter((code) => lastStepOf(steps, code) === index);
      const line =
        resolved.length === 0 ? '' : `${wrap(`Resolves ${resolved.join(', ')}.`, terminal.width, indent)}\n`;
      return plain(terminal, `${head}\n${line}`);
    })
    .join('\n');
}

/** A finding is resolved when the last of its steps is done: it is named there, and nowhere else. */
function lastStepOf(steps: readonly PlanStep[], code: PlanStep['resolves'][number]): number {
  return steps.findLastIndex(({ resolves }) => resolves.includes(code));
}

/**
 * The steps for `sh -e`. What a person must do stops the script there: the steps after it rest on it. It never reboots
 * by itself: the last line says so, or with `reboot` asks.
 */
export function planScript(steps: readonly PlanStep[], root = '/', reboot = false): string {
  const lines = steps.flatMap((step) => {
    const comment = `# ${visible(step.why)} (${step.resolves.join(', ')})`;
    if (actsOnReader(`${root}${wordsIn(step).join('')}`)) return [comment, ...REFUSED];
    const words = stepWords(step, root);
    if (step.stage === 'boot') return [comment, ...bootLines(words, reboot)];
    const line = commandText(step, root);
    if (words.by === 'command' && line !== null) return [comment, line];
    const message = `by hand, then run the plan again: ${visible(step.why)}`;
    return [comment, `${shellLine(['printf', '%s\\n', message])} >&2`, 'exit 1'];
  });
  return `#!/bin/sh\nset -e\n${lines.map((line) => `${line}\n`).join('')}`;
}

function bootLines(words: StepWords, ask: boolean): string[] {
  if (words.by === 'hand') return [`# by hand: ${visible(words.what)}`];
  if (!ask) return [`# now, when nothing else runs: ${words.line}`];
  return ["printf 'Reboot now? [y/N] '", 'read -r answer', `case $answer in [yY]*) ${words.line} ;; esac`];
}

/** A name that cannot be shown as it is cannot be in a script either: whoever reads that would not see what it does. */
const REFUSED = [
  '# left out: a name in this step holds characters that cannot be seen',
  "printf '%s\\n' 'a name holds characters that cannot be seen; look at: aufswatch plan' >&2",
  'exit 1',
];

function wordsIn(step: Step): string[] {
  if (step.by === 'hand') return [];
  return step.commands.flatMap(({ words, into }) => [
    ...words.filter((word) => typeof word === 'string'),
    into ?? '',
  ]);
}
