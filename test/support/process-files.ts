import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { layOut } from './temporary.ts';

/** The files of /proc for a process of root with this name and command line, by their paths under a root. */
export function processFiles(
  pid: number,
  name: string,
  words: readonly string[],
  uids = '0\t0\t0\t0',
): Record<string, string> {
  const fields = Array.from({ length: 48 }, (_, n) => n);
  return {
    [`proc/${pid}/stat`]: `${pid} (${name}) S 1 ${fields.join(' ')}\n`,
    [`proc/${pid}/status`]: `Name:\t${name}\nUid:\t${uids}\nGid:\t0\t0\t0\t0\n`,
    [`proc/${pid}/cmdline`]: `${words.join('\0')}\0`,
  };
}

/** Writes them below a root, with the link that makes that root the root of the process. */
export function addProcess(root: string, ...process: Parameters<typeof processFiles>): void {
  layOut(root, processFiles(...process));
  symlinkSync('../..', join(root, `proc/${process[0]}/root`));
}
