import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeMachine } from '../../src/demo/machine.ts';
import { bundleInto } from '../support/bundle.ts';
import { largeMachine } from '../support/large-machine.ts';
import { costOver } from './paired.ts';
import type { BenchRow } from './row.ts';

const RUNS = 10;

/** What a cold `status` costs more than Node alone, on a machine of 2,000 packages and six trees. */
export async function benchStatus(): Promise<BenchRow[]> {
  const directory = mkdtempSync(join(tmpdir(), 'aufswatch-bench-'));
  try {
    const root = join(directory, 'root');
    mkdirSync(root);
    writeMachine(root, largeMachine(Date.now()));
    const program = bundleInto(join(directory, 'program'));
    const alone = [process.execPath, '-e', '0'];
    const status = costOver([process.execPath, program, 'status', '--root', root], alone, RUNS);
    const version = costOver([process.execPath, program, '--version'], alone, RUNS);
    return [
      { what: 'status: time over node -e 0', value: status.time, unit: 'ms', limit: 100 },
      { what: 'status: memory over node -e 0', value: status.memory, unit: 'MB', limit: 50 },
      { what: '--version: time over node -e 0', value: version.time, unit: 'ms', limit: 25 },
      ...beside(alone),
    ];
  } finally {
    rmSync(directory, { recursive: true, force: true, maxRetries: 10 });
  }
}

/** needrestart asks of the running kernel only; where it is installed it stands here for comparison. */
function beside(alone: readonly string[]): BenchRow[] {
  if (spawnSync('needrestart', ['--version']).error !== undefined) return [];
  const { time } = costOver(['needrestart', '-k', '-b'], alone, RUNS);
  return [{ what: 'needrestart -k -b: time over node -e 0', value: time, unit: 'ms' }];
}
