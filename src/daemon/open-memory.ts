import type { Settings } from '../config/settings.ts';
import { readInbox } from '../inbox/read-inbox.ts';
import { countKernels } from '../ledger/count-kernels.ts';
import { failureText, type LedgerFailure } from '../ledger/failure.ts';
import { beforeHooks, importLog, isImported } from '../ledger/import-log.ts';
import { readPositions } from '../ledger/inbox-positions.ts';
import { maintain } from '../ledger/maintain.ts';
import { readVoice, recordNotices, type SentNotice } from '../ledger/notices.ts';
import type { Ledger } from '../ledger/open-ledger.ts';
import { type Cycle, recordCycle } from '../ledger/record-cycle.ts';
import type { RecordedFindings } from '../ledger/record-findings.ts';
import { openOrRecover, type Recovery } from '../ledger/recover.ts';
import type { InboxPosition } from '../model/event.ts';
import { type Memory, NO_MEMORY, type SelfReport } from '../model/memory.ts';
import type { Verdict } from '../model/verdict.ts';
import { readEmergeLog } from '../system/portage/emerge-log.ts';
import { openRoot } from '../system/root.ts';
import type { Log } from './log.ts';
import { backupsPath, ledgerPath, type Paths } from './paths.ts';

/** The daemon's memory: the ledger where it can be used, and otherwise what this process has seen itself. */
export interface DaemonMemory {
  positions(): readonly InboxPosition[];
  record(cycle: Cycle): Judged & { readonly recorded: boolean };
  /** What the ledger has to report of itself. */
  reports(): readonly SelfReport[];
  /** What the voice wrote down last; null: nothing. */
  voice(): string | null;
  recordNotices(voice: string, sent: readonly SentNotice[]): void;
  /** How many kernel builds and boots are on record; null: there is no ledger. */
  kernels(): { readonly builds: number; readonly boots: number } | null;
  maintain(settings: Settings): Promise<void>;
  close(): void;
}

/** A verdict, and what it rests on besides the facts. */
export interface Judged extends RecordedFindings {
  readonly verdict: Verdict;
  readonly memory: Memory;
}

export interface MemoryOptions {
  readonly root: string;
  readonly paths: Paths;
  readonly log: Log;
  now(): number;
}

/** Opens the ledger, recovers it where it is damaged, and takes over the logs on the first start. Never throws for the disk. */
export async function openMemory(options: MemoryOptions): Promise<DaemonMemory> {
  const { paths, log, now } = options;
  const path = ledgerPath(paths);
  let ledger: Ledger | null = null;
  let recovery: Recovery | null = null;
  let complained: LedgerFailure | null = null;
  /** Since when each finding is open, for as long as the ledger cannot tell. */
  const since = new Map<string, number>();
  open();
  if (ledger !== null) await importOnce(ledger, options);

  return {
    positions: () => {
      // Before the inbox is read, not after: events count from where this ledger stands.
      if (ledger === null) open();
      return ledger === null ? [] : readPositions(ledger);
    },
    record: (cycle) => {
      if (ledger !== null) {
        const result = recordCycle(ledger, cycle);
        if (result.ok) {
          complained = null;
          return { ...result, recorded: true };
        }
        complain(result.failure);
        if (result.failure === 'damaged') reopen();
      }
      return { ...withoutLedger(cycle), recorded: false };
    },
    reports: () =>
      recovery === null ? [] : [{ code: 'ledger-recovered', at: recovery.at, movedTo: recovery.movedTo }],
    voice: () => (ledger === null ? null : readVoice(ledger)),
    recordNotices: (voice, sent) => {
      const failure = ledger === null ? null : recordNotices(ledger, voice, sent);
      if (failure !== null) complain(failure);
    },
    kernels: () => (ledger === null ? null : countKernels(ledger)),
    maintain: async (settings) => {
      if (ledger === null) return;
      const { packages, backups } = settings.retention;
      const care = { keepPackages: packages, keepBackups: backups, backups: backupsPath(paths), now: now() };
      const failure = await maintain(ledger, care);
      if (failure === null) return;
      complain(failure);
      if (failure === 'damaged') reopen();
    },
    close: () => ledger?.close(),
  };

  function open(): void {
    const result = openOrRecover(path, backupsPath(paths), now());
    if (!result.ok) {
      complain(result.failure);
      return;
    }
    ledger = result.ledger;
    if (result.recovery === null) return;
    recovery = result.recovery;
    log.warn(
      `${path} was damaged: moved to ${recovery.movedTo}, went on with ${recovery.from ?? 'a new one'}`,
    );
  }

  function reopen(): void {
    ledger?.close();
    ledger = null;
    open();
  }

  /** Once for each trouble, not once a cycle. */
  function complain(failure: LedgerFailure): void {
    if (complained === failure) return;
    complained = failure;
    log.error(`${failureText(failure, path)}; judging goes on without it`);
  }

  function withoutLedger(cycle: Cycle): Judged {
    const memory = { ...NO_MEMORY, self: cycle.self };
    const verdict = cycle.judge(cycle.snapshot, memory);
    const published = verdict.findings.map((finding) => {
      const key = `${finding.code} ${finding.subject}`;
      const first = since.get(key) ?? cycle.at;
      since.set(key, first);
      return { ...finding, since: first, settle: cycle.settleOf(finding.code), acknowledgedUntil: null };
    });
    const open = new Set(published.map(({ code, subject }) => `${code} ${subject}`));
    for (const key of since.keys()) if (!open.has(key)) since.delete(key);
    return { verdict, memory, published, transitions: [] };
  }
}

async function importOnce(ledger: Ledger, { root, paths, log }: MemoryOptions): Promise<void> {
  if (isImported(ledger)) return;
  const inbox = readInbox(paths.state, readPositions(ledger));
  const events = beforeHooks(readEmergeLog(openRoot(root)), inbox.events);
  if (events.length > 0) log.info(`taking over ${events.length} events of emerge.log`);
  let shown = 0;
  await importLog(ledger, events, (done, all) => {
    if (done - shown < 50_000) return;
    shown = done;
    log.info(`${done} of ${all} events taken over`);
  });
}
