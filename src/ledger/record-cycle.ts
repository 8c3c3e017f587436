import type { HookEvent } from '../model/event.ts';
import type { Memory, SelfReport } from '../model/memory.ts';
import type { Snapshot } from '../model/snapshot.ts';
import type { Verdict } from '../model/verdict.ts';
import type { LedgerFailure } from './failure.ts';
import { advance, type ReadSpan } from './inbox-positions.ts';
import { type Ledger, otherVersion } from './open-ledger.ts';
import { readMemory } from './read-memory.ts';
import { type RecordedFindings, recordFindings } from './record-findings.ts';
import { recordKernels } from './record-kernels.ts';
import { recordPackages } from './record-packages.ts';
import { transact } from './transact.ts';

export interface Cycle {
  readonly snapshot: Snapshot;
  readonly events: readonly HookEvent[];
  /** Which part of the inbox was read for these events. */
  readonly read: ReadSpan;
  readonly self: readonly SelfReport[];
  readonly at: number;
  /** The verdict rests on what is remembered, and what it finds is recorded in the same transaction. */
  judge(snapshot: Snapshot, memory: Memory): Verdict;
  settleOf(code: string): number;
}

export type CycleResult =
  | ({
      readonly ok: true;
      readonly verdict: Verdict;
      readonly memory: Memory;
      /** otherVersion() of this transaction. */
      readonly version: unknown;
    } & RecordedFindings)
  | { readonly ok: false; readonly failure: LedgerFailure };

/**
 * Records one cycle in one transaction: facts, what follows from them, findings, and how far the inbox was read.
 * Whatever happens, either all of it is on the disk or nothing, so each event counts exactly once.
 */
export function recordCycle(ledger: Ledger, cycle: Cycle): CycleResult {
  const { snapshot, events, read, at } = cycle;
  const done = transact(ledger, () => {
    advance(ledger, read);
    recordPackages(ledger, snapshot, events, at);
    recordKernels(ledger, snapshot, at);
    const memory = readMemory(ledger, cycle.self);
    const verdict = cycle.judge(snapshot, memory);
    const recorded = recordFindings(ledger, verdict.findings, cycle.settleOf, at);
    return { verdict, memory, version: otherVersion(ledger), ...recorded };
  });
  return done.ok ? { ok: true, ...done.value } : done;
}
