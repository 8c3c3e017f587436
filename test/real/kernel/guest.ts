import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { BENCH, cacheDirectory } from './cache.ts';

/** A guest that prints nothing for this long hangs, ms. A script of hundreds of modules may take longer than that. */
const SILENCE_LIMIT = 120_000;

/**
 * Boots a kernel of User-mode Linux on this machine's own files, runs a bash script in it as its first process, and
 * returns the output of the script. Throws with the guest's last line of console if the kernel does not come to the end
 * of the script.
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
  const stopped = await runKernel(kernel, line, () => statSync(out).size);
  // On a busy machine User-mode Linux sometimes aborts after it has printed "System halted".
  if (!existsSync(end)) throw new Error(`the guest stopped before its script ended: ${stopped}`);
  return readFileSync(out, 'utf8');
}

/**
 * Runs the kernel until it ends, panics or is silent for too long; returns how it ended and its last line of console.
 * `printed` returns how much its script has printed so far.
 *
 * A kernel of User-mode Linux that dies sends SIGTERM to its whole process group, so it gets its own group. Then nothing
 * else ends it when the tests are interrupted, so it is set to end when its parent dies. At SIGTERM it ends its helper
 * processes as well.
 */
async function runKernel(kernel: string, line: readonly string[], printed: () => number): Promise<string> {
  const guest = spawn('setpriv', ['--pdeathsig', 'TERM', '--', kernel, ...line], {
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let ending = '';
  let console = '';
  const collect = (chunk: Buffer): void => {
    console = (console + chunk.toString('latin1')).slice(-4096);
    // After a panic the same panic follows again: with panic=-1 the kernel restarts.
    if (ending !== '' || !/Kernel panic.*\n/.test(console)) return;
    ending = 'it panicked';
    killGroup(guest);
  };
  guest.stdout.on('data', collect);
  guest.stderr.on('data', collect);
  let [seen, since] = [0, Date.now()];
  const timer = setInterval(() => {
    if (printed() > seen) [seen, since] = [printed(), Date.now()];
    if (Date.now() - since < SILENCE_LIMIT) return;
    ending = `it printed nothing for ${SILENCE_LIMIT / 1000} s`;
    killGroup(guest);
  }, 1000);
  const how = await new Promise<string>((resolve) => {
    guest.on('error', ({ message }) => resolve(message));
    guest.on('close', (code, signal) => resolve(signal ?? `exit status ${code}`));
  });
  clearInterval(timer);
  return `${ending || how}; its last line: ${lastLine(console)}`;
}

function killGroup({ pid }: ChildProcess): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // It has ended already.
  }
}

/** The panic itself, if there is one: the lines after it are registers and a stack. */
function lastLine(console: string): string {
  const lines = console.split(/\r?\n/).filter((line) => line.trim() !== '');
  return lines.find((line) => line.includes('Kernel panic')) ?? lines.at(-1) ?? '(none)';
}
