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
  /** The part of the inbox from which the events come. */
  readonly read: ReadSpan;
  readonly self: readonly SelfReport[];
  readonly at: number;
  /** Called inside the transaction: the verdict needs the memory, and its findings are recorded with it. */
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
 * Records one cycle in one transaction: facts, causes, findings, and the positions in the inbox. So each event is recorded
 * exactly once, also if the process dies.
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
