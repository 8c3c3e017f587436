import type { CommandDefinition, OptionDefinition } from '../../src/cli/command.ts';
import { mdocText, mdocWord } from './mdoc.ts';

/** The list of commands for aufswatch(1): each with its arguments, options and what it does. */
export function commandsPart(commands: readonly CommandDefinition[]): string {
  const shown = commands.filter(({ hidden }) => hidden !== true);
  return `.Bl -tag -width Ds\n${shown.map(command).join('')}.El`;
}

export function optionsPart(options: readonly OptionDefinition[]): string {
  return `.Bl -tag -width Ds\n${options.map(option).join('')}.El`;
}

function command({ name, summary, description, args, options }: CommandDefinition): string {
  const head = args.map((arg) => `${arg.required ? ' Ar' : ' Op Ar'} ${mdocWord(arg.name)}`).join('');
  const item = `.It Cm ${mdocWord(name)}${head}\n${mdocText(`${sentence(summary)} ${description}`)}\n`;
  return options.length === 0 ? item : `${item}.Bl -tag -width Ds\n${options.map(option).join('')}.El\n`;
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}

function option({ flags, summary }: OptionDefinition): string {
  const [flag = flags, value] = flags.split(' ');
  const argument = value === undefined ? '' : ` Ar ${mdocWord(value.slice(1, -1))}`;
  return `.It Fl ${mdocWord(flag.slice(1))}${argument}\n${mdocText(summary)}\n`;
}
