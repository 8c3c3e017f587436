import { Command, CommanderError } from 'commander';
import { EXIT_OF } from '../daemon/check-apart.ts';
import { VERSION } from '../version.ts';
import { reportBug, withCommand } from './asked.ts';
import type { CommandDefinition, Invocation } from './command.ts';
import { COMMANDS, COMMON_OPTIONS } from './definitions.ts';
import { LOAD } from './load.ts';
import { processTerminal, type Terminal } from './terminal.ts';

/** sysexits.h: the command was used wrongly. */
const EX_USAGE = 64;

/** Checks a ledger for the daemon; resolves to the exit status. */
export async function checkDatabase(path: string): Promise<number> {
  return EXIT_OF[(await import('../ledger/maintain.ts')).checkFile(path)];
}

/** For a program that is not compiled beforehand. */
export async function serveLooks(): Promise<number> {
  return (await import('../daemon/look/serve.ts')).serveLooks();
}

/** Runs the command that the words ask for; resolves to the exit status. */
export async function run(
  words: readonly string[],
  env: NodeJS.ProcessEnv,
  terminal: Terminal = processTerminal(env),
): Promise<number> {
  let exit = 0;
  const asked = withCommand(words);
  const named = COMMANDS.filter(({ name }) => name === asked[0]);
  const program = new Command('aufswatch')
    .description("Keeps a Gentoo machine's kernel sources, build, image, running kernel and modules in step.")
    .version(`aufswatch ${VERSION}`, '-V, --version')
    .exitOverride()
    .enablePositionalOptions()
    .showSuggestionAfterError(true)
    .showHelpAfterError('Usage: aufswatch COMMAND [options]; "aufswatch --help" lists the commands');
  // Thirty commands with their options take a while to lay out; a mistyped one is compared with all of them.
  for (const definition of named.length > 0 ? named : COMMANDS) {
    const command = program
      .command(definition.name, { hidden: definition.hidden === true })
      .summary(definition.summary)
      .description(definition.description);
    for (const arg of definition.args)
      command.argument(arg.required ? `<${arg.name}>` : `[${arg.name}]`, arg.summary);
    for (const option of [...definition.options, ...COMMON_OPTIONS])
      command.option(option.flags, option.summary);
    command.showHelpAfterError(
      `Usage: aufswatch ${definition.name} ${command.usage()}; "--help" lists the options`,
    );
    command.allowExcessArguments(false).action(async () => {
      const runCommand = await LOAD[definition.name]?.();
      if (runCommand === undefined) throw new Error(`nobody runs ${definition.name}`);
      exit = await runCommand(invocationOf(command, definition, terminal, env));
    });
  }
  try {
    await program.parseAsync([...asked], { from: 'user' });
    return exit;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : EX_USAGE;
    return reportBug(error, words, terminal);
  }
}

function invocationOf(
  command: Command,
  definition: CommandDefinition,
  terminal: Invocation['terminal'],
  env: NodeJS.ProcessEnv,
): Invocation {
  const options: Record<string, unknown> = command.opts();
  const value = (name: string): unknown =>
    options[name.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase())];
  return {
    terminal,
    env,
    args: definition.args.map((_, index) => command.args[index]).filter((arg) => arg !== undefined),
    flag: (name) => value(name) === true,
    option: (name) => {
      const given = value(name);
      return typeof given === 'string' ? given : null;
    },
    list: (name) => {
      const given = value(name);
      return Array.isArray(given) ? given.filter((word) => typeof word === 'string') : [];
    },
    now: () => Date.now(),
  };
}
