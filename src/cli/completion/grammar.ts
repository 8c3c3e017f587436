import { COMMON_OPTIONS, type MachineWords, type Options, type Words } from '../definition.ts';
import type { Known } from '../listed.ts';

/** A command, in the form from which the completions of each shell are made. */
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
  /** null: it takes no value; `any`: no suggestions. */
  readonly value: Offered | null;
}

export interface ArgumentGrammar {
  readonly name: string;
  readonly values: Offered;
}

/** What a shell can offer. */
export type Offered = readonly string[] | 'file' | 'directory' | MachineWords | 'any';

export function commandGrammar(commands: readonly Known[]): CommandGrammar[] {
  return commands.map(({ name, summary, args, options }) => ({
    name,
    summary,
    options: [
      ...optionsOf({ ...options, ...COMMON_OPTIONS }),
      { flag: '--help', summary: 'show help', value: null },
    ],
    args: Object.entries(args).map(([arg, { words }]) => ({ name: arg, values: offered(words) })),
  }));
}

/** The options with their dashes. */
export function optionsOf(options: Options): OptionGrammar[] {
  return Object.entries(options).map(([name, option]) => ({
    flag: `--${name}`,
    summary: option.summary,
    value: option.kind === 'flag' ? null : offered(option.words),
  }));
}

function offered(words: Words): Offered {
  if (words === 'any') return words;
  return 'oneOf' in words ? words.oneOf : words.offer;
}
