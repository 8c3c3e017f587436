import type { CommandGrammar, Offered, OptionGrammar } from './grammar.ts';

/** Completions for fish. */
export function fishCompletion(commands: readonly CommandGrammar[]): string {
  const lines = commands.flatMap((command) => [
    `complete -c aufswatch -n __fish_use_subcommand -f -a ${command.name} -d ${quoted(command.summary)}`,
    ...command.options.map((option) => `${of(command)} ${optionWords(option)}`),
    ...command.args.map(({ values }) => `${of(command)} ${valueWords(values)}`),
  ]);
  return `# fish completion for aufswatch\n${[...lines].join('\n')}\n`;
}

function of({ name }: CommandGrammar): string {
  return `complete -c aufswatch -n '__fish_seen_subcommand_from ${name}'`;
}

function optionWords({ flag, summary, value }: OptionGrammar): string {
  const told = `-l ${flag.slice(2)} -d ${quoted(summary)}`;
  return value === null ? `-f ${told}` : `${told} -r ${valueWords(value)}`;
}

function valueWords(values: Offered): string {
  if (values === 'any') return '-f';
  if (values === 'file') return '-F';
  if (values === 'directory') return "-f -a '(__fish_complete_directories)'";
  if (typeof values === 'string') return `-f -a '(aufswatch complete ${values} 2>/dev/null)'`;
  return `-f -a '${values.join(' ')}'`;
}

function quoted(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}
