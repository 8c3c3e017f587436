import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeBenchMachine } from '../support/bench-machine.ts';
import { bundleInto } from '../support/bundle.ts';
import { costOver } from './paired.ts';
import type { BenchRow } from './row.ts';

const RUNS = 10;

/** What a cold `status` costs more than Node alone, on a machine of 2,000 packages, and of 4,000. */
export async function benchStatus(): Promise<BenchRow[]> {
  const directory = mkdtempSync(join(tmpdir(), 'aufswatch-bench-'));
  try {
    const program = await bundleInto(join(directory, 'program'));
    const alone = [process.execPath, '-e', '0'];
    const cost = (...words: readonly string[]) =>
      costOver([process.execPath, program, ...words], alone, RUNS);
    const root = (packages: number): string => {
      const made = join(directory, `root-${packages}`);
      mkdirSync(made);
      writeBenchMachine(made, packages);
      return made;
    };
    const status = cost('status', '--root', root(2000));
    const twice = cost('status', '--root', root(4000));
    const version = cost('--version');
    return [
      { what: 'status, 2,000 packages: time over node -e 0', value: status.time, unit: 'ms', limit: 100 },
      { what: 'status, 2,000 packages: memory over node -e 0', value: status.memory, unit: 'MB', limit: 50 },
      {
        what: 'status, 4,000 packages: times as much time',
        value: twice.time / status.time,
        unit: '',
        limit: 2,
      },
      { what: '--version: time over node -e 0', value: version.time, unit: 'ms', limit: 25 },
      ...beside(alone),
    ];
  } finally {
    rmSync(directory, { recursive: true, force: true, maxRetries: 10 });
  }
}

/** Others that people ask about kernels and modules; where they are installed they stand here for comparison. */
const OTHERS: readonly (readonly [string, ...string[]])[] = [
  ['needrestart', '-k', '-b'],
  ['dkms', 'status'],
  ['emerge', '--pretend', '@module-rebuild'],
];

function beside(alone: readonly string[]): BenchRow[] {
  return OTHERS.filter(([program]) => spawnSync(program, ['--version']).error === undefined).map((words) => ({
    what: `${words.join(' ')}: time over node -e 0`,
    value: costOver(words, alone, RUNS).time,
    unit: 'ms',
  }));
}
