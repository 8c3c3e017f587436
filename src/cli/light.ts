import { VERSION } from '../version.ts';
import type { CommandRun } from './command.ts';
import { statusLine } from './commands/status-line.ts';
import { processTerminal, shortTerminal, type Terminal } from './terminal.ts';

/** A command that is run without the parser of the command line: before every prompt, or for days. */
interface LightCommand {
  readonly words: readonly string[];
  /** The one option that it takes here. */
  readonly option: string;
  readonly terminal: (env: NodeJS.ProcessEnv) => Terminal;
  load(): Promise<CommandRun> | CommandRun;
}

const LIGHT: readonly LightCommand[] = [
  { words: ['status', '--line'], option: 'root', terminal: shortTerminal, load: () => statusLine },
  {
    words: ['agent'],
    option: 'status',
    terminal: processTerminal,
    load: async () => (await import('./commands/agent.ts')).agent,
  },
];

/** Runs the command where it is a light one. Resolves to the exit status, or to null where it is not. */
export async function runLight(words: readonly string[]): Promise<number | null> {
  if (words.length === 1 && (words[0] === '--version' || words[0] === '-V')) {
    shortTerminal(process.env).out(`aufswatch ${VERSION}\n`);
    return 0;
  }
  const command = LIGHT.find((light) => light.words.every((word, index) => words[index] === word));
  if (command === undefined) return null;
  const [option, value, ...others] = words.slice(command.words.length);
  if (others.length > 0) return null;
  if (option !== undefined && (option !== `--${command.option}` || value === undefined)) return null;
  const { env } = process;
  const run = await command.load();
  return run({
    terminal: command.terminal(env),
    env,
    args: [],
    flag: (name) => command.words.includes(`--${name}`),
    list: () => [],
    option: (name) => (name === command.option ? (value ?? null) : null),
    now: () => Date.now(),
  });
}
