import type { Command } from './command.ts';
import {
  type Argument,
  type Arguments,
  COMMON_OPTIONS,
  type Flag,
  flag,
  type List,
  type Options,
  type Valued,
} from './definition.ts';
import type { Listed } from './listed.ts';
import { wrap } from './render/wrap.ts';

const EVERYWHERE: Options = { ...COMMON_OPTIONS, help: flag('show this help') };

/** What `aufswatch --help` prints. `width`: columns. */
export function listHelp(commands: Readonly<Record<string, Listed>>, width: number): string {
  const shown = Object.entries(commands).filter(([, { hidden }]) => hidden !== true);
  return [
    'Usage: aufswatch [options] [COMMAND]\n',
    wrap(
      "Keeps a Gentoo machine's kernel sources, build, image, running kernel and modules in step. Without a command: status.",
      width,
      '',
    ),
    `\nCommands:\n${columns(
      shown.map(([name, { summary }]) => [name, summary]),
      width,
    )}`,
    `\nOptions of every command:\n${optionList(EVERYWHERE, width)}`,
    `\n${wrap('"aufswatch COMMAND --help" says what a command does; "aufswatch --version" which version this is.', width, '')}\n`,
  ].join('\n');
}

/** What `aufswatch COMMAND --help` prints. */
export function commandHelp(name: string, { description, args, options }: Command, width: number): string {
  const parts = [`Usage: ${usage(name, args)}\n`, wrap(description, width, '')];
  if (Object.keys(args).length > 0)
    parts.push(
      `\nArguments:\n${columns(
        Object.entries(args).map(([arg, { summary }]) => [arg.toUpperCase(), summary]),
        width,
      )}`,
    );
  if (Object.keys(options).length > 0) parts.push(`\nOptions:\n${optionList(options, width)}`);
  parts.push(`\nOptions of every command:\n${optionList(EVERYWHERE, width)}`);
  return `${parts.join('\n')}\n`;
}

function usage(name: string, args: Arguments): string {
  const places = Object.entries(args).map(([arg, { required, many }]: [string, Argument]) => {
    const word = `${arg.toUpperCase()}${many === true ? '...' : ''}`;
    return required ? word : `[${word}]`;
  });
  return ['aufswatch', name, '[options]', ...places].join(' ');
}

function optionList(options: Options, width: number): string {
  return columns(
    Object.entries(options).map(([name, option]) => [`--${name}${argumentOf(option)}`, option.summary]),
    width,
  );
}

function argumentOf(option: Flag | Valued | List): string {
  if (option.kind === 'flag') return '';
  return ` ${option.value.toUpperCase()}${option.kind === 'list' ? '...' : ''}`;
}

/** Two columns; on a narrow terminal the second is below the first. */
function columns(rows: readonly (readonly [string, string])[], width: number): string {
  const first = Math.max(...rows.map(([name]) => name.length)) + 4;
  const beside = width - first >= 30;
  return rows
    .map(([name, text]) => {
      if (!beside) return `  ${name}\n${wrap(text, width, '      ')}`;
      const indent = ' '.repeat(first);
      return `  ${name}`.padEnd(first) + wrap(text, width, indent).slice(first);
    })
    .join('\n');
}
