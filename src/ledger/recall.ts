import { findingKey } from '../model/finding.ts';
import type { Memory } from '../model/memory.ts';
import { acknowledgedUntil } from './acknowledge.ts';
import { failureOf } from './failure.ts';
import { listFindings } from './list-findings.ts';
import { openForReading } from './open-ledger.ts';
import { readMemory } from './read-memory.ts';

/** What the ledger adds to a scan by a command. */
export interface Recalled {
  readonly memory: Memory;
  /** Since when each finding is open, ms, by findingKey. */
  readonly since: ReadonlyMap<string, number>;
  /** Until when each open finding is silenced, ms, by findingKey. */
  readonly silenced: ReadonlyMap<string, number>;
}

/**
 * Reads the ledger for a command that scans the machine itself; null: it is missing, damaged or may not be read. Creates
 * no file.
 */
export function recallFrom(path: string, now: number): Recalled | null {
  const opened = openForReading(path);
  if (!opened.ok) return null;
  try {
    const open = listFindings(opened.ledger, false);
    return {
      memory: readMemory(opened.ledger, []),
      since: new Map(open.map((record) => [findingKey(record), record.openedAtMs])),
      silenced: new Map(
        open.flatMap((record) => {
          const until = acknowledgedUntil(opened.ledger, record, now);
          return until === null ? [] : [[findingKey(record), until] as const];
        }),
      ),
    };
  } catch (error) {
    if (failureOf(error) === null) throw error;
    return null;
  } finally {
    opened.ledger.close();
  }
}
