import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { BENCH, cacheDirectory } from './cache.ts';

const BOOT_LIMIT = 120_000;

/**
 * Boots a kernel of User-mode Linux on this machine's own files, runs a bash script in it as its first process, and
 * returns what that printed. Throws where the kernel does not come to the end of the script.
 */
export async function runInGuest(
  kernel: string,
  script: string,
  directory: string,
  words: readonly string[] = [],
): Promise<string> {
  mkdirSync(directory, { recursive: true });
  const [job, out, end] = [join(directory, 'job.sh'), join(directory, 'out'), join(directory, 'end')];
  writeFileSync(job, `${script}\n: >'${end}'\n`);
  writeFileSync(out, '');
  rmSync(end, { force: true });
  const line = [
    ...['mem=512M', 'root=/dev/root', 'rootfstype=hostfs', 'rootflags=/', 'rw', 'quiet', 'panic=-1'],
    ...['con=null', 'con0=null,fd:1', `init=${join(BENCH, 'guest/init.sh')}`, ...words],
    ...[`AW_JOB=${job}`, `AW_OUT=${out}`, `AW_HALT=${join(cacheDirectory(), 'halt')}`],
  ];
  try {
    await run(kernel, line, { timeout: BOOT_LIMIT, maxBuffer: 64 * 1024 * 1024 });
  } catch (error) {
    // On a busy machine User-mode Linux now and then aborts after it has said "System halted".
    if (!existsSync(end)) throw error;
  }
  return readFileSync(out, 'utf8');
}

const run = promisify(execFile);
