import type { CommandDefinition, OptionDefinition, Values } from '../command.ts';

/** The commands in the form that every shell's completions are made of. */
export interface CommandGrammar {
  readonly name: string;
  readonly summary: string;
  readonly options: readonly OptionGrammar[];
  readonly args: readonly ArgumentGrammar[];
}

export interface OptionGrammar {
  /** With its dashes: `--root`. */
  readonly flag: string;
  readonly summary: string;
  /** null: it takes no value; `any`: nobody can tell which. */
  readonly value: Values | 'any' | null;
}

export interface ArgumentGrammar {
  readonly name: string;
  readonly values: Values | 'any';
}

/** Hidden commands are for hooks, and are completed nowhere. */
export function grammarOf(
  commands: readonly CommandDefinition[],
  common: readonly OptionDefinition[],
): CommandGrammar[] {
  return commands
    .filter(({ hidden }) => hidden !== true)
    .map(({ name, summary, options, args }) => ({
      name,
      summary,
      options: [
        ...[...options, ...common].map(option),
        { flag: '--help', summary: 'show help', value: null },
      ],
      args: args.map((arg) => ({ name: arg.name, values: arg.values ?? 'any' })),
    }));
}

function option({ flags, summary, values }: OptionDefinition): OptionGrammar {
  const [flag = flags, value] = flags.split(' ');
  return { flag, summary, value: value === undefined ? null : (values ?? 'any') };
}
