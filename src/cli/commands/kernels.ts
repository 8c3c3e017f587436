import { visibleJson } from '../../model/visible.ts';
import { type Matrix, matrixOf } from '../../verdict/matrix.ts';
import { assess } from '../../verdict/situation.ts';
import { command } from '../command.ts';
import { JSON_OUTPUT, optional, SNAPSHOT } from '../definition.ts';
import { look } from '../machine.ts';
import { recall } from '../recall.ts';
import { plain, wrap } from '../render/style.ts';
import { table } from '../render/table.ts';
import type { Terminal } from '../terminal.ts';

/** `aufswatch kernels`: the matrix of modules and kernels. */
export const kernels = command(
  {
    description:
      'Holds each out-of-tree module against the running kernel, the one that boots next, and each compiled one.',
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
    const seen = await look(invocation);
    if (!seen.ok) return terminal.fail(seen.message);
    const { release } = invocation.args;
    const { memory } = await recall(invocation);
    const matrix = matrixOf(assess(seen.value, memory), release);
    if (release !== null && matrix.kernels.length === 0)
      return terminal.fail(`there is no kernel with the release "${release}"; aufswatch kernels lists all`);
    terminal.out(invocation.options.json ? `${visibleJson(matrix, 2)}\n` : matrixText(matrix, terminal));
    return 0;
  },
);

const WORDS = { yes: 'loads', no: 'refused', unknown: 'unknown' } as const;

export function matrixText(matrix: Matrix, terminal: Terminal): string {
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

/** The number of a note, counted from 1; the same text is one note. */
function noteNumber(notes: Map<string, number>, text: string): number {
  const number = notes.get(text) ?? notes.size + 1;
  notes.set(text, number);
  return number;
}
