import { spawnSync } from 'node:child_process';
import { childrenTime } from '../support/process-cost.ts';

/** The cost of a command as a whole process. */
export interface Cost {
  /** ms */
  readonly time: number;
  /** Largest resident size, MB. */
  readonly memory: number;
}

/** The additional cost of one command over another: the median of this many pairs, run in turn. */
export function costOver(command: readonly string[], base: readonly string[], runs: number): Cost {
  const pairs = Array.from({ length: runs }, () => ({ base: cost(base), own: cost(command) }));
  return {
    time: median(pairs.map(({ base: less, own }) => own.time - less.time)),
    memory: median(pairs.map(({ base: less, own }) => own.memory - less.memory)),
  };
}

/** The additional processor time of one command over another, ms: the median of this many pairs, run in turn. */
export function processorTimeOver(command: readonly string[], base: readonly string[], runs: number): number {
  const pairs = Array.from({ length: runs }, () => ({
    base: processorTime(base),
    own: processorTime(command),
  }));
  return median(pairs.map(({ base: less, own }) => own - less));
}

function processorTime([program = '', ...words]: readonly string[]): number {
  const script = '"$@" >&2; status=$?; times; exit $status';
  const { status, stdout, stderr } = spawnSync('bash', ['-c', script, 'bash', program, ...words], {
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`${words.join(' ')} failed: ${stderr}`);
  return childrenTime(stdout);
}

export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

/** GNU time reports the memory. Both commands run under it. */
function cost([program = '', ...words]: readonly string[]): Cost {
  const start = performance.now();
  const { status, stderr } = spawnSync('/usr/bin/time', ['-f', 'kB %M', program, ...words], {
    encoding: 'utf8',
  });
  const time = performance.now() - start;
  // A command that fails ends quickly.
  if (status !== 0) throw new Error(`${words.join(' ')} failed: ${stderr}`);
  return { time, memory: Number(/kB (\d+)/.exec(stderr ?? '')?.[1]) / 1024 };
}
