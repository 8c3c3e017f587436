import { commandText } from '../../model/command-text.ts';
import { type BootRow, type BootTable, bootTable } from '../../verdict/boot-table.ts';
import { chooserOf, LOADER_NAMES } from '../../verdict/boot-words.ts';
import { assess } from '../../verdict/situation.ts';
import { EXIT } from '../answer.ts';
import { command } from '../command.ts';
import { JSON_OUTPUT, SNAPSHOT } from '../definition.ts';
import { recall } from '../recall.ts';
import { plain } from '../render/style.ts';
import { table } from '../render/table.ts';
import { wrap } from '../render/wrap.ts';
import { showScan } from '../show-scan.ts';
import type { Terminal } from '../terminal.ts';

/** `aufswatch boot`: the entries of the boot loader, and what each would bring. It changes nothing. */
export const boot = command(
  {
    description:
      'Lists the entries of the boot loader: which one boots next, which is the default, its kernel and initramfs, and which modules of this machine load on it. Where all modules load on another entry, it prints the commands that boot that entry once or make it the default. It runs none of them. Exit status 3: which entry boots next is not known, or a guess.',
    args: {},
    options: {
      json: JSON_OUTPUT,
      snapshot: SNAPSHOT,
    },
  },
  async (invocation) => {
    return showScan('boot', invocation, async (snapshot) => {
      const { memory } = await recall(invocation);
      const found = bootTable(assess(snapshot, memory));
      const exit = found.nextBoot.kind === 'known' ? EXIT.ok : EXIT.unknown;
      return { json: found, text: () => bootText(found, invocation.terminal), exit };
    });
  },
);

export function bootText(found: BootTable, terminal: Terminal): string {
  const notes: string[] = [];
  const rows = found.entries.map((row, index) => [String(index + 1), ...cellsOf(row, notes)]);
  const parts = [
    wrap(headOf(found), terminal.width, '  '),
    ...(rows.length === 0 ? [] : [entriesText(rows, terminal.width)]),
    ...(notes.length === 0
      ? []
      : [notes.map((note, index) => wrap(`(${index + 1}) ${note}`, terminal.width, '  ')).join('\n')]),
    ...found.gaps.map((gap) => wrap(`Not followed: ${gap}`, terminal.width, '  ')),
    ...commandsOf(found),
  ];
  return `${plain(terminal, parts.join('\n\n'))}\n`;
}

const HEAD = ['', 'entry', 'starts', 'kernel', 'initramfs', 'modules'];

/** A table where it fits, else one block for each entry. */
function entriesText(rows: readonly (readonly string[])[], width: number): string {
  const wide = table([HEAD, ...rows]);
  if (wide.split('\n').every((line) => line.length <= width)) return wide;
  return rows
    .map(([number = '', title = '', starts = '', ...others]) => {
      const indent = ' '.repeat(number.length + 2);
      const head = wrap(starts === '' ? title : `${title} (${starts})`, width, indent);
      const said = others.flatMap((cell, index) =>
        cell === '' || cell === '-' ? [] : [`${HEAD[index + 3]}: ${cell}`],
      );
      const lines = said.map((text) => indent + wrap(text, width, `${indent}  `).trimStart());
      return [number.padEnd(indent.length) + head.trimStart(), ...lines].join('\n');
    })
    .join('\n');
}

function headOf({ nextBoot, loader, why }: BootTable): string {
  const by =
    loader === null
      ? `It is not known which boot loader is in force: ${why}.`
      : `${LOADER_NAMES[loader.kind]}, ${loader.config}.`;
  switch (nextBoot.kind) {
    case 'known':
      return `${nextBoot.image} boots next (${chooserOf(nextBoot)}). ${by}`;
    case 'guess':
      return `${nextBoot.image} is guessed to boot next. ${by}`;
    case 'unknown':
      return `Which kernel boots next is not known: ${nextBoot.why}. ${by}`;
  }
}

function cellsOf(row: BootRow, notes: string[]): string[] {
  const starts = row.marks.join(', ');
  if (row.image === null) return [row.title, starts, 'no kernel', '', ''];
  if (!row.image.known)
    return [row.title, starts, `unknown (${noteNumber(notes, row.image.detail)})`, '', ''];
  const failing = row.modules.filter(({ answer }) => answer.is !== 'yes');
  const modules = failing.map(({ name, answer }) => {
    const word = answer.is === 'unknown' ? 'unknown' : answer.missing ? 'missing' : 'refused';
    return `${name} ${word} (${noteNumber(notes, answer.why)})`;
  });
  const all = row.modules.length === 0 ? 'none out of the tree' : 'all load';
  return [
    row.title,
    starts,
    row.kernel ?? row.image.value,
    row.initramfs.length === 0 ? '-' : row.initramfs.map(fileName).join(' '),
    modules.length === 0 ? all : modules.join(', '),
  ];
}

function fileName(path: string): string {
  return path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1);
}

/** The commands that boot the entry with all modules, where another one boots next. */
function commandsOf({ entries, nextBoot }: BootTable): string[] {
  const starts = entries.find(({ marks }) => marks.includes('next') || marks.includes('once'));
  if (nextBoot.kind === 'known' && starts?.hasAll === true) return [];
  const works = entries.find(({ hasAll, marks }) => hasAll && marks.length === 0);
  if (works === undefined) return [];
  const line = (words: readonly string[], what: string) => `  ${textOf(words)}\n    ${what}`;
  const commands = [
    ...(works.startOnce === null ? [] : [line(works.startOnce, 'starts it at the next boot')]),
    ...(works.makeDefault === null ? [] : [line(works.makeDefault, 'makes it the default')]),
  ];
  const byHand = commands.length > 0 ? '' : ` It is chosen in the menu, or in ${works.config}.`;
  return [[`‘${works.title}’ has all modules.${byHand}`, ...commands].join('\n')];
}

function textOf(words: readonly string[]): string {
  const step = { by: 'command', commands: [{ words }], why: '', stage: 'menu' } as const;
  return commandText(step) ?? '';
}

/** The number of a note, from 1. Equal texts share a note. */
function noteNumber(notes: string[], text: string): number {
  const known = notes.indexOf(text);
  return known >= 0 ? known + 1 : notes.push(text);
}
