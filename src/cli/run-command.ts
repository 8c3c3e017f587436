import type { Command, Outside } from './command.ts';
import type { Terminal } from './terminal.ts';

/** sysexits.h: a usage error. */
const EX_USAGE = 64;

/** Reads the words after a command's name and runs it; resolves to the exit status. */
export async function runCommand(
  name: string,
  command: Command,
  words: readonly string[],
  outside: Outside,
): Promise<number> {
  const read = command.read(words);
  if (read.ok) return await read.run(outside);
  return usageMistake(
    outside.terminal,
    `${name}: ${read.mistake}${read.mistake.endsWith('?') ? '' : ';'} "aufswatch ${name} --help" says what it takes`,
  );
}

/** Prints a usage error. Returns its exit status. */
export function usageMistake(terminal: Pick<Terminal, 'fail'>, what: string): number {
  terminal.fail(what);
  return EX_USAGE;
}
