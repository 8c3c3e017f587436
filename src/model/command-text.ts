import type { PlanStep } from './finding.ts';
import type { Command, Step, Word } from './step.ts';

/**
 * A step's commands as one line for a POSIX shell, with the words quoted that need it; null: it is done by hand. The only
 * place where commands become text. `root`: the directory of the system that they are for; chroot(1) enters it where that is
 * not the running one.
 */
export function commandText(step: Step, root = '/'): string | null {
  if (step.by === 'hand') return null;
  return step.commands.map((command) => lineOf(command, root)).join(' && ');
}

/** Steps as they are written to JSON: the words, and the line for a shell. */
export function stepsAsJson<Each extends Step | PlanStep>(
  steps: readonly Each[],
  root = '/',
): (Each & { readonly command: string | null })[] {
  return steps.map((step) => ({ command: commandText(step, root), ...step }));
}

/** Words as a line for a shell. */
export function shellLine(words: readonly Word[]): string {
  return words.map(wordText).join(' ');
}

function lineOf({ words, into }: Command, root: string): string {
  const inside = root === '/' ? words : ['chroot', root, ...words];
  const line = shellLine(inside);
  if (into === undefined) return line;
  return `${line} > ${wordText(root === '/' ? into : `${root}${into}`)}`;
}

function wordText(word: Word): string {
  if (typeof word !== 'string') return '-j"$(nproc)"';
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
