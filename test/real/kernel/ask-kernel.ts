import { join } from 'node:path';
import { kernelDirectory } from './cache.ts';
import type { ModuleCase } from './cases.ts';
import { runInGuest } from './guest.ts';
import { keepRunning } from './keep-running.ts';

/** What a kernel did with a module. */
export interface KernelAnswer {
  readonly loads: boolean;
  /** insmod's words where it does not: `Invalid module format`. */
  readonly error: string;
  /** Its log since, without the times. */
  readonly log: readonly string[];
}

/** Where a kernel that was asked has left what it showed of itself. */
export function runningRoot(directory: string, kernel: string): string {
  return join(directory, kernel, 'running');
}

/** Boots a kernel once, and has it load one module after another. */
export async function askKernel(
  kernel: string,
  cases: readonly ModuleCase[],
  directory: string,
  words: readonly string[] = [],
): Promise<Map<string, KernelAnswer>> {
  const script = cases.map(({ name, module, path, needs }) => attempt(name, module, path, needs)).join('\n');
  const image = join(kernelDirectory(kernel), 'build/linux');
  const place = join(directory, kernel);
  const text = await runInGuest(
    image,
    `${keepRunning(runningRoot(directory, kernel))}\n${script}`,
    place,
    words,
  );
  return new Map(
    text
      .split('### ')
      .slice(1)
      .map((part) => answerOf(part.trimEnd().split('\n'))),
  );
}

/** The name of the case, the exit status, what insmod says, and what the kernel says. */
function attempt(name: string, module: string, path: string, needs: string | null): string {
  return [
    needs === null ? '' : `insmod '${needs}' 2>/dev/null`,
    'dmesg -S --clear',
    `said=$(insmod '${path}' 2>&1); status=$?`,
    `printf '### %s\\n%s\\n%s\\n' '${name}' "$status" "\${said//$'\\n'/ }"`,
    'dmesg -S --notime',
    `[ "$status" = 0 ] && rmmod '${module}' 2>/dev/null`,
    needs === null ? '' : 'rmmod giver 2>/dev/null',
  ].join('\n');
}

function answerOf([name = '', status = '', said = '', ...log]: readonly string[]): [string, KernelAnswer] {
  const error = /could not insert module .*: (.*)$/.exec(said)?.[1] ?? said;
  return [name, { loads: status === '0', error, log: log.filter((line) => !/taint|^$/.test(line)) }];
}
