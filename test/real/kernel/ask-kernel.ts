import { join } from 'node:path';
import { kernelDirectory } from './cache.ts';
import type { ModuleCase } from './cases.ts';
import { runInGuest } from './guest.ts';
import { keepRunning } from './keep-running.ts';

/** The result of loading a module into a kernel. */
export interface KernelAnswer {
  readonly loads: boolean;
  /** insmod's message if it fails: `Invalid module format`. */
  readonly error: string;
  /** The kernel's log since then, without the times. */
  readonly log: readonly string[];
}

/** The place where a booted kernel has left its own files of /proc and /sys. */
export function runningRoot(directory: string, kernel: string): string {
  return join(directory, kernel, 'running');
}

/** Boots a kernel once, and loads one module after another into it. */
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

/** The name of the case, the exit status, the message of insmod, and that of the kernel. */
function attempt(name: string, module: string, path: string, needs: string | null): string {
  return [
    needs === null ? '' : `insmod '${needs}' 2>/dev/null`,
    'dmesg -S --clear',
    `output=$(insmod '${path}' 2>&1); status=$?`,
    `printf '### %s\\n%s\\n%s\\n' '${name}' "$status" "\${output//$'\\n'/ }"`,
    'dmesg -S --notime',
    `[ "$status" = 0 ] && rmmod '${module}' 2>/dev/null`,
    needs === null ? '' : 'rmmod giver 2>/dev/null',
  ].join('\n');
}

function answerOf([name = '', status = '', stderr = '', ...log]: readonly string[]): [string, KernelAnswer] {
  const error = /could not insert module .*: (.*)$/.exec(stderr)?.[1] ?? stderr;
  return [name, { loads: status === '0', error, log: log.filter((line) => !/taint|^$/.test(line)) }];
}
