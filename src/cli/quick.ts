import { parseArgs } from 'node:util';
import { type Quick, quickCommand, reportBug, withCommand } from './asked.ts';
import type { CommandRun, OptionDefinition } from './command.ts';
import { COMMANDS, COMMON_OPTIONS } from './definitions.ts';
import { shortTerminal, type Terminal } from './terminal.ts';

/** Looks at the machine for the daemon, with the same readers. */
export async function serveLooks(): Promise<number> {
  return (await import('../daemon/look/serve.ts')).serveLooks();
}

const LOAD: Readonly<Record<Quick, () => Promise<CommandRun>>> = {
  status: async () => (await import('./commands/status.ts')).status,
  check: async () => (await import('./commands/check.ts')).check,
  plan: async () => (await import('./commands/plan.ts')).plan,
  history: async () => (await import('./commands/history.ts')).history,
};

/**
 * Runs a command that is asked often, where its words are as they should be. Resolves to the exit status; to null,
 * and has done nothing, where they ask for something else or need an explanation: the parser that has all of them
 * says what is wrong.
 */
export async function runQuick(
  words: readonly string[],
  env: NodeJS.ProcessEnv,
  terminal: Terminal = shortTerminal(env),
): Promise<number | null> {
  const name = quickCommand(words);
  const options = COMMANDS.find((command) => command.name === name)?.options;
  if (name === null || options === undefined) return null;
  const given = parse(withCommand(words).slice(1), [...options, ...COMMON_OPTIONS]);
  if (given === null) return null;
  try {
    const run = await LOAD[name]();
    return await run({
      terminal,
      env,
      args: [],
      flag: (option) => given[option] === true,
      list: () => [],
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
