import type { Settings } from '../config/settings.ts';
import { countKernels } from '../ledger/count-kernels.ts';
import { failureOf } from '../ledger/failure.ts';
import { type ReadSpan, readPositions } from '../ledger/inbox-positions.ts';
import { lastHookEvent } from '../ledger/last-hook-event.ts';
import { maintain } from '../ledger/maintain.ts';
import { readNotifierMemory, recordNotices, type SentNotice } from '../ledger/notices.ts';
import { ledgerFiles, otherVersion } from '../ledger/open-ledger.ts';
import { type Cycle, recordCycle } from '../ledger/record-cycle.ts';
import { recordEvents } from '../ledger/record-events.ts';
import type { RecordedFindings } from '../ledger/record-findings.ts';
import type { HookEvent, InboxPosition } from '../model/event.ts';
import { type Memory, NO_MEMORY, type SelfReport } from '../model/memory.ts';
import type { Verdict } from '../model/verdict.ts';
import type { Stamped } from '../published/form.ts';
import { stampToKeep } from '../system/rests/compare.ts';
import { type DaemonLedgerOptions, openDaemonLedger } from './daemon-ledger.ts';
import { importLogs } from './import-logs.ts';
import { createOpenFindings } from './open-findings.ts';
import { backupsPath, ledgerPath } from './paths.ts';

/** The daemon's memory: the ledger, and while that cannot be used, what this process has seen itself. */
export interface DaemonMemory {
  positions(): readonly InboxPosition[];
  /** Records a portion of the inbox ahead of the scan. Returns whether that succeeded. */
  recordEvents(events: readonly HookEvent[], read: ReadSpan): boolean;
  record(cycle: Cycle): Judged & { readonly recorded: Recorded };
  /** Findings about the ledger itself. */
  reports(): readonly SelfReport[];
  /** What the notifier recorded last; null: nothing. */
  notifierMemory(): string | null;
  recordNotices(notifierMemory: string, sent: readonly SentNotice[]): void;
  /** Time of the last event of the emerge hook on record, ms; null: there is none, or no ledger. */
  lastHookEvent(): number | null;
  /** How many kernel builds and boots are on record; null: there is no ledger. */
  kernels(): { readonly builds: number; readonly boots: number } | null;
  maintain(settings: Settings): Promise<void>;
  /**
   * The ledger's files with their stamps, if no other process has written since the last record; null: that cannot be
   * shown, as in the first moment (PROVABLE) after a write.
   */
  stamps(): readonly Stamped[] | null;
  close(): void;
}

/** `again`: another ledger is open than when the inbox was read (after a recovery, say), so the inbox is read again. */
export type Recorded = 'yes' | 'no' | 'again';

/** A verdict, and what it was made of besides the facts. */
export interface Judged extends RecordedFindings {
  readonly verdict: Verdict;
  readonly memory: Memory;
}

export interface MemoryOptions extends DaemonLedgerOptions {
  /** Directory of the root. */
  readonly root: string;
}

/** How long after a write to the ledger its stamp shows the next write, ms. */
export const PROVABLE = 50;

/** Opens the ledger, and takes the logs over on the first start. Throws no errors of the disk. */
export async function openMemory(options: MemoryOptions): Promise<DaemonMemory> {
  const { paths, now } = options;
  const ledger = openDaemonLedger(options);
  /** The last memory: when the disk is full, a finding without it would lose its cause, and be told again for that. */
  let remembered: Memory = NO_MEMORY;
  const findings = createOpenFindings();
  /** Of the database, after the last record. */
  let version: unknown = null;
  await importOnce();

  return {
    positions: () => {
      // Here, before the inbox is read: the events that count follow from the positions in this ledger.
      ledger.refresh();
      return ledger.use(readPositions) ?? [];
    },
    recordEvents: (events, read) => {
      const open = ledger.current();
      if (open === null) return false;
      const failure = recordEvents(open, events, read);
      if (failure !== null) ledger.failed(failure);
      return failure === null;
    },
    record: (cycle) => {
      const open = ledger.current();
      const result = open === null ? null : recordCycle(open, cycle);
      if (result?.ok) {
        remembered = result.memory;
        version = result.version;
        ledger.succeeded();
        return { ...result, transitions: findings.recorded(result, cycle.at), recorded: 'yes' };
      }
      if (result !== null) ledger.failed(result.failure);
      const isOther = result?.failure === 'damaged' || result?.failure === 'overtaken';
      const memory = { ...remembered, self: cycle.self };
      const verdict = cycle.judge(cycle.snapshot, memory);
      const unrecorded = findings.unrecorded(verdict.findings, cycle.settleOf, cycle.at);
      const recorded = isOther && ledger.current() !== null ? 'again' : 'no';
      return { verdict, memory, ...unrecorded, recorded };
    },
    reports: () => {
      const recovery = ledger.recovery();
      if (recovery === null) return [];
      return [{ code: 'ledger-recovered', atMs: recovery.at, movedTo: recovery.movedTo }];
    },
    notifierMemory: () => ledger.use(readNotifierMemory),
    recordNotices: (notifierMemory, sent) => {
      const open = ledger.current();
      const failure = open === null ? null : recordNotices(open, notifierMemory, sent);
      if (failure !== null) ledger.failed(failure);
    },
    lastHookEvent: () => ledger.use(lastHookEvent),
    kernels: () => ledger.use(countKernels),
    maintain: async ({ retention }) => {
      const open = ledger.current();
      if (open === null) return;
      const failure = await maintain(open, {
        keepPackages: retention.packagesMs,
        keepBackups: retention.backups,
        backups: backupsPath(paths),
        now: now(),
        check: options.check,
      });
      if (failure !== null) ledger.failed(failure);
    },
    stamps: () =>
      ledger.use((open) => {
        // First the files, then the version: a write between the two gives another version.
        const stamps = stampsOf(ledgerPath(paths), now());
        return otherVersion(open) === version ? stamps : null;
      }),
    close: ledger.close,
  };

  async function importOnce(): Promise<void> {
    const open = ledger.current();
    if (open === null) return;
    try {
      await importLogs(open, options);
    } catch (error) {
      // The next start tries again.
      const failure = failureOf(error);
      if (failure === null) throw error;
      ledger.failed(failure);
    }
  }
}

function stampsOf(path: string, now: number): Stamped[] | null {
  const stamps = ledgerFiles(path).map((file) => ({ path: file, stamp: stampToKeep(file, now, 'd') }));
  return stamps.every(isStamped) ? stamps : null;
}

function isStamped(place: { path: string; stamp: string | null }): place is Stamped {
  return place.stamp !== null;
}
