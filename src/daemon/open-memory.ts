import { statSync } from 'node:fs';
import type { Settings } from '../config/settings.ts';
import { makeDirectory } from '../files/make-directory.ts';
import { readPortions } from '../inbox/read-inbox.ts';
import { countKernels } from '../ledger/count-kernels.ts';
import { failureOf, failureOfSystem, failureText, type LedgerFailure } from '../ledger/failure.ts';
import { beforeHooks, importLog, isImported, type LoggedEvent } from '../ledger/import-log.ts';
import { type ReadSpan, readPositions } from '../ledger/inbox-positions.ts';
import { lastHookEvent } from '../ledger/last-hook-event.ts';
import { type FileState, maintain } from '../ledger/maintain.ts';
import { readNotifierMemory, recordNotices, type SentNotice } from '../ledger/notices.ts';
import { isElsewhere, type Ledger, ledgerFiles, otherVersion } from '../ledger/open-ledger.ts';
import { type Cycle, recordCycle } from '../ledger/record-cycle.ts';
import { recordEvents } from '../ledger/record-events.ts';
import type { RecordedFindings } from '../ledger/record-findings.ts';
import { openOrRecover, type Recovery } from '../ledger/recover.ts';
import type { HookEvent, InboxPosition } from '../model/event.ts';
import { type Memory, NO_MEMORY, type SelfReport } from '../model/memory.ts';
import type { Verdict } from '../model/verdict.ts';
import type { Stamped } from '../published/form.ts';
import { readEmergeLog } from '../system/portage/emerge-log.ts';
import { remoteMounts } from '../system/remote-mounts.ts';
import { stampToKeep } from '../system/rests/compare.ts';
import { openRoot } from '../system/root.ts';
import { errorCode } from '../system/system-error.ts';
import type { InstanceLock } from './instance-lock.ts';
import type { Log } from './log.ts';
import { createOpenFindings } from './open-findings.ts';
import { backupsPath, ledgerPath, type Paths } from './paths.ts';

/** The daemon's memory: the ledger where it can be used, and otherwise what this process has seen itself. */
export interface DaemonMemory {
  positions(): readonly InboxPosition[];
  /** Records a portion of the inbox before the look; was it? */
  recordEvents(events: readonly HookEvent[], read: ReadSpan): boolean;
  record(cycle: Cycle): Judged & { readonly recorded: Recorded };
  /** What the ledger has to report of itself. */
  reports(): readonly SelfReport[];
  /** What the voice wrote down last; null: nothing. */
  notifierMemory(): string | null;
  recordNotices(voice: string, sent: readonly SentNotice[]): void;
  /** When the hook of emerge last told of something that is on record, ms; null: never, or there is no ledger. */
  lastHookEvent(): number | null;
  /** How many kernel builds and boots are on record; null: there is no ledger. */
  kernels(): { readonly builds: number; readonly boots: number } | null;
  maintain(settings: Settings): Promise<void>;
  /**
   * The ledger's files as they are, where nobody else has written to it since the last record; null: it cannot be told, as
   * in the first moment (PROVABLE) after that.
   */
  stamps(): readonly Stamped[] | null;
  close(): void;
}

/** `again`: the ledger stands elsewhere than when the inbox was read (it was recovered, say), so that is to be read anew. */
export type Recorded = 'yes' | 'no' | 'again';

/** A verdict, and what it rests on besides the facts. */
export interface Judged extends RecordedFindings {
  readonly verdict: Verdict;
  readonly memory: Memory;
}

export interface MemoryOptions {
  readonly root: string;
  readonly paths: Paths;
  readonly log: Log;
  /** Without it nothing is recorded. */
  readonly lock: Pick<InstanceLock, 'failure'>;
  /** Checks what is to be a backup. */
  check(path: string): Promise<FileState>;
  /** A ledger of more bytes is checked beside the daemon's other work (64 MiB by default). */
  readonly checkedLaterAbove?: number;
  now(): number;
}

/** How long after a write to the ledger its time tells of another one, ms. */
export const PROVABLE = 50;

/** To check so many takes a fifth of a second. */
const CHECKED_LATER = 64 * 1024 * 1024;

/** Opens the ledger, recovers it where it is damaged, and takes over the logs on the first start. Never throws for the disk. */
export async function openMemory(options: MemoryOptions): Promise<DaemonMemory> {
  const { paths, log, lock, check, now } = options;
  const path = ledgerPath(paths);
  let ledger: Ledger | null = null;
  let recovery: Recovery | null = null;
  let complained: LedgerFailure | null = null;
  /** What it was last: without it a finding would lose its cause, and be told again for that, when the disk is full. */
  let remembered: Memory = NO_MEMORY;
  const findings = createOpenFindings();
  let version: unknown = null;
  /** Backups of which a damaged ledger was made. */
  const spoiled = new Set<string>();
  /** Was a ledger damaged that began anew? Then it is not the file. */
  let hopeless = false;
  open();
  await importOnce();

  return {
    positions: () => {
      // Before the inbox is read, not after: events count from where this ledger stands.
      if (ledger !== null && isElsewhere(ledger)) {
        log.warn(`${path} was removed or replaced; it is opened again`);
        shut();
      }
      if (ledger === null) open();
      return use(readPositions) ?? [];
    },
    recordEvents: (events, read) => {
      if (ledger === null) return false;
      const failure = recordEvents(ledger, events, read);
      if (failure !== null) failed(failure);
      return failure === null;
    },
    record: (cycle) => {
      const result = ledger === null ? null : recordCycle(ledger, cycle);
      if (result?.ok) {
        remembered = result.memory;
        version = result.version;
        complained = null;
        return { ...result, transitions: findings.recorded(result, cycle.at), recorded: 'yes' };
      }
      if (result !== null) failed(result.failure);
      const isElsewhere = result?.failure === 'damaged' || result?.failure === 'overtaken';
      const memory = { ...remembered, self: cycle.self };
      const verdict = cycle.judge(cycle.snapshot, memory);
      const open = findings.unrecorded(verdict.findings, cycle.settleOf, cycle.at);
      return { verdict, memory, ...open, recorded: isElsewhere && ledger !== null ? 'again' : 'no' };
    },
    reports: () =>
      recovery === null ? [] : [{ code: 'ledger-recovered', atMs: recovery.at, movedTo: recovery.movedTo }],
    notifierMemory: () => use(readNotifierMemory),
    recordNotices: (voice, sent) => {
      const failure = ledger === null ? null : recordNotices(ledger, voice, sent);
      if (failure !== null) failed(failure);
    },
    lastHookEvent: () => use(lastHookEvent),
    kernels: () => use(countKernels),
    maintain: async (settings) => {
      if (ledger === null) return;
      const { packages, backups } = settings.retention;
      const care = {
        keepPackages: packages,
        keepBackups: backups,
        backups: backupsPath(paths),
        now: now(),
        check,
      };
      const failure = await maintain(ledger, care);
      if (failure !== null) failed(failure);
    },
    // First the files, then the version: a write between the two shows as another version.
    stamps: () =>
      use((opened) => {
        const stamps = stampsOf(path, now());
        return otherVersion(opened) === version ? stamps : null;
      }),
    close: shut,
  };

  function open(isSpoiled = false): void {
    const unlocked = lock.failure();
    if (unlocked !== null) {
      complain(unlocked);
      return;
    }
    const place = makePlace(paths.state);
    const checkedLater = sizeOf(path) > (options.checkedLaterAbove ?? CHECKED_LATER);
    const how = {
      backups: backupsPath(paths),
      now: now(),
      spoiled: isSpoiled,
      without: spoiled,
      checkedLater,
    };
    const result = place === null ? openOrRecover(path, how) : { ok: false as const, failure: place };
    if (!result.ok) {
      complain(result.failure);
      return;
    }
    ledger = result.ledger;
    if (result.recovery === null) {
      if (checkedLater) void checkBeside(result.ledger);
      return;
    }
    recovery = result.recovery;
    const { from, movedTo } = recovery;
    if (isSpoiled && from === null) hopeless = true;
    if (from !== null) spoiled.add(from);
    log.warn(`${path} was damaged: moved to ${movedTo}, went on with ${from ?? 'a new one'}`);
  }

  async function checkBeside(opened: Ledger): Promise<void> {
    if ((await check(path)) === 'damaged' && ledger === opened) failed('damaged');
  }

  function shut(): void {
    ledger?.close();
    ledger = null;
  }

  /** What is read of the ledger; null where there is none, or none that can be read. */
  function use<T>(read: (ledger: Ledger) => T): T | null {
    if (ledger === null) return null;
    try {
      return read(ledger);
    } catch (error) {
      const failure = failureOf(error);
      if (failure === null) throw error;
      failed(failure);
      return null;
    }
  }

  /** Damage shows only where it is met; another ledger takes the place of that one then. */
  function failed(failure: LedgerFailure): void {
    if (failure !== 'damaged' || hopeless) {
      complain(failure);
      return;
    }
    shut();
    open(true);
  }

  /** Once for each trouble, not once a cycle. */
  function complain(failure: LedgerFailure): void {
    if (complained === failure) return;
    complained = failure;
    log.error(`${failureText(failure, path)}; judging goes on without it`);
  }

  async function importOnce(): Promise<void> {
    if (ledger === null) return;
    try {
      await importLogs(ledger, options);
    } catch (error) {
      // The next start does it.
      const failure = failureOf(error);
      if (failure === null) throw error;
      failed(failure);
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

/** 0: it is not there, or cannot be asked; then whoever opens it says why. */
function sizeOf(path: string): number {
  try {
    return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  } catch (error) {
    if (errorCode(error) === null) throw error;
    return 0;
  }
}

/** Somebody may have removed the directory while the daemon runs; returns why it cannot be there. */
function makePlace(state: string): LedgerFailure | null {
  try {
    makeDirectory(state, 0o750);
    return null;
  } catch (error) {
    const failure = failureOfSystem(error);
    if (failure === null) throw error;
    return failure;
  }
}

async function importLogs(ledger: Ledger, { root, paths, log }: MemoryOptions): Promise<void> {
  if (isImported(ledger)) return;
  // The daemon itself asks no file system that may not answer. The next start tries again.
  const remote = remoteMounts();
  const machine = openRoot(root, undefined, (host) => remote === null || !remote.holds(host));
  if (machine.list('/var/log').known === false && remote !== null) {
    log.warn(
      'emerge.log is not taken over: /var/log cannot be read, or lies on a file system that may not answer',
    );
    return;
  }
  let events: readonly LoggedEvent[] = readEmergeLog(machine, (part, detail) =>
    log.warn(`${part} ${detail}`),
  );
  for await (const { events: told } of readPortions(paths.state, readPositions(ledger)))
    events = beforeHooks(events, told);
  if (events.length > 0) log.info(`taking over ${events.length} events of emerge.log`);
  let shown = 0;
  await importLog(ledger, events, (done, all) => {
    if (done - shown < 50_000) return;
    shown = done;
    log.info(`${done} of ${all} events taken over`);
  });
}
