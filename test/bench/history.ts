import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openLedger } from '../../src/ledger/open-ledger.ts';
import { bundleInto } from '../support/bundle.ts';
import { costOver } from './paired.ts';
import type { BenchRow } from './row.ts';

const EVENTS = 100_000;
const RUNS = 10;
const YEARS = 5 * 365 * 24 * 3600_000;

/** What it costs to look at the last month of a ledger of many years. */
export async function benchHistory(): Promise<BenchRow[]> {
  const directory = mkdtempSync(join(tmpdir(), 'aufswatch-bench-'));
  try {
    const root = join(directory, 'root');
    const state = join(root, 'var/lib/aufswatch');
    mkdirSync(state, { recursive: true });
    fill(join(state, 'ledger.sqlite3'));
    const program = await bundleInto(join(directory, 'program'));
    const words = [process.execPath, program, 'history', '--since', '30d', '--root', root];
    const { time } = costOver(words, [process.execPath, '-e', '0'], RUNS);
    return [
      { what: 'history --since 30d of 100,000 events: over node -e 0', value: time, unit: 'ms', limit: 60 },
    ];
  } finally {
    rmSync(directory, { recursive: true, force: true, maxRetries: 10 });
  }
}

function fill(path: string): void {
  const opened = openLedger(path);
  if (!opened.ok) throw new Error(`the ledger cannot be made: ${opened.failure}`);
  const { database } = opened.ledger;
  const insert = database.prepare(
    "INSERT INTO package_event (at, what, cpv, source) VALUES (?, 'merged', ?, 'vdb')",
  );
  const first = Date.now() - YEARS;
  database.transaction(() => {
    for (let n = 0; n < EVENTS; n++)
      insert.run(first + (n * YEARS) / EVENTS, `sys-kernel/gentoo-sources-6.1.${n}`);
  })();
  opened.ledger.close();
}
