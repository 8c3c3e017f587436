import type { Outside, Program } from './command.ts';
import { frequentName, readCommandLine } from './command-line.ts';
import { FREQUENT_COMMANDS } from './frequent.ts';
import { matrixByScan, verdictByScan } from './machine.ts';
import { reportBug } from './report-bug.ts';
import { runCommand } from './run-command.ts';
import { setV8Flag } from './set-v8-flag.ts';
import { shortTerminal, type Terminal } from './terminal.ts';

/** Scans the machine for the daemon, with the same readers. */
export async function serveScans(): Promise<number> {
  return (await import('../daemon/scan/serve.ts')).serveScans();
}

/** Runs a frequent command. Resolves to the exit status; null: it is another command, and nothing was done. */
export async function runQuick(
  words: readonly string[],
  env: NodeJS.ProcessEnv,
  terminal: Terminal = shortTerminal(env),
  program: Program | null = null,
  setFlag: Outside['setFlag'] = setV8Flag,
): Promise<number | null> {
  const asked = readCommandLine(words);
  const name = asked.kind === 'command' ? frequentName(asked.name) : null;
  if (asked.kind !== 'command' || name === null) return null;
  try {
    const command = await FREQUENT_COMMANDS[name].load();
    return await runCommand(name, command, asked.words, {
      terminal,
      env,
      now: () => Date.now(),
      program,
      getVerdict: verdictByScan,
      getMatrix: matrixByScan,
      setFlag,
    });
  } catch (error) {
    return reportBug(error, words, terminal);
  }
}
