import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { after } from 'node:test';
import { type Machine, writeMachine } from '../../src/demo/machine.ts';
import { type Ledger, openLedger } from '../../src/ledger/open-ledger.ts';
import { recordCycle } from '../../src/ledger/record-cycle.ts';
import type { RecordedFindings } from '../../src/ledger/record-findings.ts';
import type { HookEvent, PortageEvent } from '../../src/model/event.ts';
import { DEFAULT_PREFERENCES } from '../../src/model/preferences.ts';
import type { Snapshot } from '../../src/model/snapshot.ts';
import type { Verdict } from '../../src/model/verdict.ts';
import { readSnapshot } from '../../src/system/read-snapshot.ts';
import { openRoot } from '../../src/system/root.ts';
import { judge } from '../../src/verdict/judge.ts';
import { temporaryDirectory } from './temporary.ts';

/** A machine laid out in a temporary directory, and a ledger of it on the disk. */
export interface Remembered {
  /** Root directory of the machine. */
  readonly root: string;
  readonly ledger: Ledger;
  /** Reads the machine, judges it and records that, as a cycle of the daemon does. */
  scan(at: number, events?: readonly HookEvent[]): Promise<ScanResult>;
  /** Rows of the ledger. */
  rows(sql: string): Record<string, unknown>[];
}

export interface ScanResult extends RecordedFindings {
  readonly snapshot: Snapshot;
  readonly verdict: Verdict;
}

/** The span of an inbox that does not exist. */
export const NOTHING_READ = { from: [], to: [] };

export function remembered(machine: Machine): Remembered {
  const directory = temporaryDirectory();
  const root = join(directory, 'root');
  mkdirSync(root);
  writeMachine(root, machine);
  const ledger = newLedger(join(directory, 'ledger.sqlite3'));
  return {
    root,
    ledger,
    rows: (sql) => rowsIn(ledger, sql),
    scan: async (at, events = []) => {
      const options = {
        preferences: DEFAULT_PREFERENCES,
        takenAt: at,
        hashImages: false,
        hashes: new Map<string, string>(),
      };
      const snapshot = await readSnapshot(openRoot(root), options);
      const cycle = { snapshot, events, read: NOTHING_READ, self: [], at, judge, settleOf: () => 0 };
      const result = recordCycle(ledger, cycle);
      if (!result.ok) throw new Error(`the cycle was not recorded: ${result.failure}`);
      return { ...result, snapshot };
    },
  };
}

export function newLedger(path: string): Ledger {
  const result = openLedger(path);
  if (!result.ok) throw new Error(`${path}: ${result.failure}`);
  after(() => result.ledger.close());
  return result.ledger;
}

export function rowsIn(ledger: Ledger, sql: string): Record<string, unknown>[] {
  return ledger.database.prepare<[], Record<string, unknown>>(sql).all();
}

/** A hook's report of one phase of a package. */
export function hookEvent(
  cpv: string,
  at: number,
  phase: PortageEvent['phase'] = 'postinst',
  patchChange: PortageEvent['patchChange'] = 'none',
  more: Partial<PortageEvent> = {},
): PortageEvent {
  const [category = '', pf = ''] = cpv.split('/');
  return { kind: 'portage', at, phase, category, pf, patchChange, root: '/', ...more };
}
