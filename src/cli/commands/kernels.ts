import type { PublishedMatrix } from '../../published/form.ts';
import { command } from '../command.ts';
import { JSON_OUTPUT, optional, SNAPSHOT } from '../definition.ts';
import { jsonOutput } from '../json-output.ts';
import { hint } from '../render/hint.ts';
import { plain } from '../render/style.ts';
import { table } from '../render/table.ts';
import { wrap } from '../render/wrap.ts';
import type { Terminal } from '../terminal.ts';

/** `aufswatch kernels`: the table of modules and kernels. */
export const kernels = command(
  {
    description:
      'Shows for each out-of-tree module whether it loads on the running kernel, on the kernel that boots next, and on each compiled kernel.',
    args: {
      release: optional('only for kernels of this release', { offer: 'releases' }),
    },
    options: {
      json: JSON_OUTPUT,
      snapshot: SNAPSHOT,
    },
  },
  async (invocation) => {
    const { terminal } = invocation;
    const all = await invocation.getMatrix(invocation);
    if (!all.ok) return terminal.fail(all.message);
    const { release } = invocation.args;
    const matrix = release === null ? all.value : ofRelease(all.value, release);
    if (release !== null && matrix.kernels.length === 0)
      return terminal.fail(
        `there is no kernel with the release "${release}"; this lists all: ${hint('kernels', invocation)}`,
      );
    terminal.out(invocation.options.json ? jsonOutput('kernels', matrix) : matrixText(matrix, terminal));
    return 0;
  },
);

/** Only the kernels of this release. They can be several, compiled at different times. */
function ofRelease({ kernels, rows }: PublishedMatrix, release: string): PublishedMatrix {
  const isShown = (index: number): boolean => kernels[index]?.release === release;
  return {
    kernels: kernels.filter((_, index) => isShown(index)),
    rows: rows.map(({ module, answers }) => ({
      module,
      answers: answers.filter((_, index) => isShown(index)),
    })),
  };
}

const WORDS = { yes: 'loads', no: 'refused', unknown: 'unknown' } as const;

export function matrixText(matrix: PublishedMatrix, terminal: Terminal): string {
  if (matrix.kernels.length === 0)
    return 'No kernel is known: neither a running one, nor an image, nor a build.\n';
  if (matrix.rows.length === 0) return 'There are no out-of-tree modules on this machine.\n';
  const notes = new Map<string, number>();
  const rows = matrix.rows.map((row) => [
    row.module,
    ...row.answers.map((answer) => {
      const word = answer.is === 'no' && answer.missing ? 'missing' : WORDS[answer.is];
      if (answer.is === 'yes') return word;
      return `${word} (${noteNumber(notes, answer.why)})`;
    }),
  ]);
  const head = ['', ...matrix.kernels.map((_, index) => letter(index))];
  const legend = matrix.kernels.map((kernel, index) => {
    const roles = kernel.roles.length > 0 ? ` (${kernel.roles.join(', ')})` : '';
    return `${letter(index)}: ${kernel.name}${roles}`;
  });
  const explained = [...notes].map(([note, number]) => wrap(`(${number}) ${note}`, terminal.width, '  '));
  const parts = [
    legend.join('\n'),
    table([head, ...rows]),
    ...(explained.length > 0 ? [explained.join('\n')] : []),
  ];
  return `${plain(terminal, parts.join('\n\n'))}\n`;
}

function letter(index: number): string {
  return String.fromCharCode('A'.charCodeAt(0) + (index % 26));
}

/** The number of a note, from 1. Equal texts share a note. */
function noteNumber(notes: Map<string, number>, text: string): number {
  const number = notes.get(text) ?? notes.size + 1;
  notes.set(text, number);
  return number;
}
