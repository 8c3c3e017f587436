import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { copyProgram } from '../support/bundle.ts';
import { fillLedger } from '../support/fill-ledger.ts';
import { costOver } from './paired.ts';
import type { BenchRow } from './row.ts';

const EVENTS = 100_000;
const RUNS = 10;

/** The time of reading the last month from a ledger of many years. */
export async function benchHistory(): Promise<BenchRow[]> {
  const directory = mkdtempSync(join(tmpdir(), 'aufswatch-bench-'));
  try {
    const root = join(directory, 'root');
    const state = join(root, 'var/lib/aufswatch');
    mkdirSync(state, { recursive: true });
    fillLedger(join(state, 'ledger.sqlite3'), EVENTS);
    const program = copyProgram(join(directory, 'program'));
    const words = [process.execPath, program, 'history', '--since', '30d', '--root', root];
    const { time } = costOver(words, [process.execPath, '-e', '0'], RUNS);
    return [
      { what: 'history --since 30d of 100,000 events: over node -e 0', value: time, unit: 'ms', limit: 60 },
    ];
  } finally {
    rmSync(directory, { recursive: true, force: true, maxRetries: 10 });
  }
}
