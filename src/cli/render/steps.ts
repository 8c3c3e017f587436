import { commandText, shellLine } from '../../model/command-text.ts';
import type { PlanStep } from '../../model/finding.ts';
import type { Step } from '../../model/step.ts';
import { actsOnReader, visible } from '../../model/visible.ts';
import type { Terminal } from '../terminal.ts';
import { plain } from './style.ts';
import { wrap } from './wrap.ts';

/** A step in words: a line to copy, or what a person does by hand. */
export type StepWords =
  | { readonly by: 'command'; readonly line: string; readonly why: string }
  | { readonly by: 'hand'; readonly what: string };

/**
 * The words of a step, as run inside the system under `root`. Another system than the running one cannot be booted by a
 * command.
 */
export function stepWords(step: Step, root: string): StepWords {
  if (step.stage === 'boot' && root !== '/')
    return { by: 'hand', what: `boot that system, which ${step.why}` };
  const line = commandText(step);
  return line === null ? { by: 'hand', what: step.why } : { by: 'command', line, why: step.why };
}

/** The steps for a person. For another root they begin with the command that enters it. */
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

/** The last step of a finding resolves it. Only there it is named. */
function lastStepOf(steps: readonly PlanStep[], code: PlanStep['resolves'][number]): number {
  return steps.findLastIndex(({ resolves }) => resolves.includes(code));
}

/**
 * The steps as a script for `sh -e`. It stops at a step by hand, since the later steps depend on it. It does not reboot: the
 * last line is a comment, or with `reboot` a question. `root` must be absolute.
 *
 * In braces, because a shell reads a script on its input line by line: a step that reads the input would take the steps
 * after it, and the shell would end with status 0. The shell reads braces to their end first; `exit` keeps it from reading
 * on.
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
  return `#!/bin/sh\nset -e\n{\n${[...FROM_TERMINAL, ...lines, 'exit'].map((line) => `${line}\n`).join('')}}\n`;
}

/** Steps such as `make menuconfig` read from the terminal, also if the script came through a pipe. */
const FROM_TERMINAL = ['if [ ! -t 0 ] && (: </dev/tty) 2>/dev/null; then exec </dev/tty; fi'];

function bootLines(words: StepWords, ask: boolean): string[] {
  if (words.by === 'hand') return [`# by hand: ${visible(words.what)}`];
  if (!ask) return [`# now, when nothing else runs: ${words.line}`];
  return [
    "printf 'Reboot now? [y/N] '",
    'read -r answer || answer=n',
    `case $answer in [yY]*) ${words.line} ;; esac`,
  ];
}

/** A name with invisible characters is not put into a script: its reader would not see what it does. */
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
