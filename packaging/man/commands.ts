import type { Argument, Flag, List, Options, Valued } from '../../src/cli/definition.ts';
import type { Known } from '../../src/cli/listed.ts';
import { mdocText, mdocWord } from './mdoc.ts';

/** The list of commands for aufswatch(1): each with its arguments, options and what it does. */
export function commandsPart(commands: readonly Known[]): string {
  return `.Bl -tag -width Ds\n${commands.map(command).join('')}.El`;
}

export function optionsPart(options: Options): string {
  return `.Bl -tag -width Ds\n${Object.entries(options).map(option).join('')}.El`;
}

function command({ name, description, args, options }: Known): string {
  const head = Object.entries<Argument>(args)
    .map(
      ([arg, { required, many }]) =>
        `${required ? ' Ar' : ' Op Ar'} ${mdocWord(arg)}${many === true ? ' ...' : ''}`,
    )
    .join('');
  const item = `.It Cm ${mdocWord(name)}${head}\n${mdocText(description)}\n`;
  return Object.keys(options).length === 0 ? item : `${item}${optionsPart(options)}\n`;
}

function option([name, definition]: [string, Flag | Valued | List]): string {
  const argument = definition.kind === 'flag' ? '' : ` Ar ${mdocWord(definition.value)}`;
  return `.It Fl ${mdocWord(`-${name}`)}${argument}\n${mdocText(definition.summary)}\n`;
}
