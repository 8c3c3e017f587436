import { findingKey } from '../model/finding.ts';
import type { Memory } from '../model/memory.ts';
import { acknowledgedUntil } from './acknowledge.ts';
import { failureOf } from './failure.ts';
import { listFindings } from './list-findings.ts';
import { openForReading } from './open-ledger.ts';
import { readMemory } from './read-memory.ts';

/** What the past adds to a look at the machine. */
export interface Recalled {
  readonly memory: Memory;
  /** Since when each finding is open, ms, by findingKey. */
  readonly since: ReadonlyMap<string, number>;
  /** Until when each open finding is silenced, ms, by findingKey. */
  readonly silenced: ReadonlyMap<string, number>;
}

/**
 * Reads the ledger for one who looks for himself; null where it is not there, damaged, or may not be read. Makes no
 * file.
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
