import { EXIT_OF } from '../daemon/check-apart.ts';
import { VERSION } from '../version.ts';
import type { Outside, Program } from './command.ts';
import { readCommandLine } from './command-line.ts';
import { COMMANDS } from './commands.ts';
import { commandHelp, listHelp } from './help.ts';
import type { Listed } from './listed.ts';
import { nearest } from './near.ts';
import { reportBug } from './report-bug.ts';
import { runCommand, usageMistake } from './run-command.ts';
import { setV8Flag } from './set-v8-flag.ts';
import { processTerminal, type Terminal } from './terminal.ts';

/** Checks a ledger for the daemon; resolves to the exit status. */
export async function checkDatabase(path: string): Promise<number> {
  return EXIT_OF[(await import('../ledger/maintain.ts')).checkFile(path)];
}

/** Scans the machine for the daemon, if the program has no compiled form. */
export async function serveScans(): Promise<number> {
  return (await import('../daemon/scan/serve.ts')).serveScans();
}

/** Runs what the words of the command line ask for; resolves to the exit status. */
export async function run(
  words: readonly string[],
  env: NodeJS.ProcessEnv,
  terminal: Terminal = processTerminal(env),
  program: Program | null = null,
): Promise<number> {
  const outside: Outside = {
    terminal,
    env,
    now: () => Date.now(),
    program,
    getVerdict: async (invocation) => (await import('./machine.ts')).verdictByScan(invocation),
    getMatrix: async (invocation) => (await import('./machine.ts')).matrixByScan(invocation),
    setFlag: setV8Flag,
  };
  const asked = readCommandLine(words);
  try {
    if (asked.kind === 'version') {
      terminal.out(`aufswatch ${VERSION}\n`);
      return 0;
    }
    if (asked.name === null) {
      terminal.out(listHelp(COMMANDS, terminal.width));
      return 0;
    }
    const listed = listedAs(asked.name);
    if (listed === null) return unknownCommand(terminal, asked.name);
    const command = await listed.load();
    if (asked.kind === 'command') return await runCommand(asked.name, command, asked.words, outside);
    terminal.out(commandHelp(asked.name, command, terminal.width));
    return 0;
  } catch (error) {
    return reportBug(error, words, terminal);
  }
}

function listedAs(name: string): Listed | null {
  const commands: Readonly<Record<string, Listed>> = COMMANDS;
  return (Object.hasOwn(commands, name) ? commands[name] : null) ?? null;
}

function unknownCommand(terminal: Terminal, name: string): number {
  const meant = nearest(name, Object.keys(COMMANDS));
  const hint = meant === null ? '' : `Did you mean ${meant}? `;
  return usageMistake(terminal, `there is no command ${name}. ${hint}"aufswatch --help" lists all`);
}
