import { resolve } from 'node:path';
import { awaitedPath, progressOf } from '../system/awaited-path.ts';
import { remoteMounts } from '../system/remote-mounts.ts';
import { childProcess } from '../system/seldom.ts';
import { type CommandLine, frequentName } from './command-line.ts';
import { errorText } from './printed.ts';
import { columnsOf } from './terminal.ts';

/** Commands that scan the machine, besides the frequent ones. */
const SCANNING = ['kernels', 'boot', 'docker', 'explain', 'snapshot', 'report', 'doctor'];
/** Set in the environment of the child that does the work. */
const MARK = 'AUFSWATCH_APART';
/** The longest run of a command, ms: the limit of a scan, and some time for the rest. */
const LIMIT = 32_000;
/** How long a file system may be silent, ms. */
const SILENCE = 10_000;
const CHECK_EVERY = 500;

/**
 * Runs a command in a child where the machine has a file system that may not answer. A process that waits for such a file
 * system cannot be killed; so this process watches the child and names the path. Resolves to the exit status. null: there
 * is no such file system, or the command does not scan; nothing was done.
 */
export async function runApart(
  asked: CommandLine,
  words: readonly string[],
  env: NodeJS.ProcessEnv,
): Promise<number | null> {
  if (env[MARK] !== undefined || !scans(asked)) return null;
  if (remoteMounts()?.concern(resolve(rootOf(words))) !== true) return null;
  const [, program = ''] = process.argv;
  const child = childProcess().spawn(process.execPath, [...process.execArgv, program, ...words], {
    stdio: ['inherit', streamFor(process.stdout), streamFor(process.stderr)],
    env: { ...env, [MARK]: '1' },
  });
  child.stdout?.pipe(process.stdout, { end: false });
  child.stderr?.pipe(process.stderr, { end: false });
  // The reader has closed the pipe.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => child.kill('SIGKILL'));
  return new Promise((done) => {
    const watch = followSilence(child.pid ?? 0, (why) => {
      child.kill('SIGKILL');
      child.stdout?.destroy();
      child.stderr?.destroy();
      child.unref();
      process.stderr.write(errorText(`${why}; nothing can be said without it`, columnsOf(process.stderr)));
      done(1);
    });
    child.once('error', (error) => {
      clearInterval(watch);
      process.stderr.write(errorText(error.message, columnsOf(process.stderr)));
      done(1);
    });
    child.once('close', (code, signal) => {
      clearInterval(watch);
      done(code ?? 128 + (signal === 'SIGINT' ? 2 : 15));
    });
  });
}

/** A child that hangs must not keep the pipe open for its reader. A terminal may be inherited. */
function streamFor({ isTTY }: NodeJS.WriteStream): 'inherit' | 'pipe' {
  return isTTY ? 'inherit' : 'pipe';
}

function scans(asked: CommandLine): boolean {
  if (asked.kind !== 'command') return false;
  // The line before a prompt reads one file.
  return (
    (frequentName(asked.name) !== null || SCANNING.includes(asked.name)) && !asked.words.includes('--line')
  );
}

function rootOf(words: readonly string[]): string {
  const at = words.findIndex((word) => word === '--root' || word.startsWith('--root='));
  const word = words[at] ?? '';
  return at === -1 ? '/' : word === '--root' ? (words[at + 1] ?? '/') : word.slice('--root='.length);
}

/** Calls `silent` when the process has waited too long for a file. Waiting for a person in a pager does not count. */
function followSilence(pid: number, silent: (why: string) => void): NodeJS.Timeout {
  const start = performance.now();
  let last: string | null = null;
  let since = start;
  const timer = setInterval(() => {
    const at = performance.now();
    const now = progressOf(pid);
    if (now !== last) since = at;
    last = now;
    const isSilent = at - since > SILENCE;
    if (!isSilent && at - start < LIMIT) return;
    const path = awaitedPath(pid);
    if (path === null) return;
    clearInterval(timer);
    const seconds = Math.round((isSilent ? at - since : at - start) / 1000);
    silent(
      isSilent ? `${path} has not answered for ${seconds} s` : `${path} was not read within ${seconds} s`,
    );
  }, CHECK_EVERY);
  return timer;
}
