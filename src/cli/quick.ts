import { parseArgs } from 'node:util';
import { reportBug, withCommand } from './asked.ts';
import type { CommandRun, OptionDefinition } from './command.ts';
import { check } from './commands/check.ts';
import { plan } from './commands/plan.ts';
import { status } from './commands/status.ts';
import { COMMANDS, COMMON_OPTIONS } from './definitions.ts';
import { processTerminal, type Terminal } from './terminal.ts';

const QUICK: Readonly<Record<string, CommandRun>> = { status, check, plan };

/**
 * Runs a command that is asked often, where its words are as they should be. Resolves to the exit status; to null,
 * and has done nothing, where they ask for something else or need an explanation: the parser that has all of them
 * says what is wrong.
 */
export async function runQuick(
  words: readonly string[],
  env: NodeJS.ProcessEnv,
  terminal: Terminal = processTerminal(env),
): Promise<number | null> {
  const [name = '', ...rest] = withCommand(words);
  const run = Object.hasOwn(QUICK, name) ? QUICK[name] : undefined;
  const options = COMMANDS.find((command) => command.name === name)?.options;
  if (run === undefined || options === undefined) return null;
  const given = parse(rest, [...options, ...COMMON_OPTIONS]);
  if (given === null) return null;
  try {
    return await run({
      terminal,
      env,
      args: [],
      flag: (option) => given[option] === true,
      option: (option) => {
        const value = given[option];
        return typeof value === 'string' ? value : null;
      },
      now: () => Date.now(),
    });
  } catch (error) {
    return reportBug(error, words, terminal);
  }
}

function parse(
  words: readonly string[],
  options: readonly OptionDefinition[],
): Readonly<Record<string, unknown>> | null {
  const known = options.map(({ flags }) => {
    const [option = '', value] = flags.replace(/^--/, '').split(' ');
    return [option, { type: value === undefined ? ('boolean' as const) : ('string' as const) }] as const;
  });
  try {
    return parseArgs({ args: [...words], options: Object.fromEntries(known), strict: true }).values;
  } catch {
    return null;
  }
}
