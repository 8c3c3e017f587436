import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** Processor time of a process so far, ms; proc_pid_stat(5), in ticks of 10 ms. */
export function cpuTime(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) * 10;
}

/** Memory of a process, MB; proc_pid_status(5). */
export function residentSize(pid: number): number {
  const kib = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Number(kib) / 1024;
}

/** Runs a command to its end; resolves to the processor time that it and its children took, ms. Rejects if it fails. */
export async function runTimed(words: readonly string[], env: NodeJS.ProcessEnv): Promise<number> {
  // bash prints the processor time of its children.
  const child = spawn('bash', ['-c', '"$@" >&2; status=$?; times; exit $status', 'bash', ...words], {
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [out, error] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    out += chunk;
  });
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    error = `${error}${chunk}`.slice(-4096);
  });
  const status = await new Promise((resolve) => child.on('close', resolve));
  if (status !== 0) throw new Error(`${words.join(' ')} failed (${status}): ${error}`);
  return childrenTime(out);
}

/** ms, from the second line of what bash's `times` prints: user and system time of all children. */
export function childrenTime(text: string): number {
  const last = text.trim().split('\n').at(-1) ?? '';
  const spans = [...last.matchAll(/(\d+)m([\d.]+)s/g)];
  return Math.round(
    spans.reduce((sum, [, minutes, seconds]) => sum + Number(minutes) * 60_000 + Number(seconds) * 1000, 0),
  );
}
