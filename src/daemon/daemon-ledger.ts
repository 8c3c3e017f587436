import { statSync } from 'node:fs';
import { makeDirectory } from '../files/make-directory.ts';
import { failureOf, failureOfSystem, failureText, type LedgerFailure } from '../ledger/failure.ts';
import type { FileState } from '../ledger/maintain.ts';
import { isElsewhere, type Ledger } from '../ledger/open-ledger.ts';
import { openOrRecover, type Recovery } from '../ledger/recover.ts';
import { errorCode } from '../system/system-error.ts';
import type { InstanceLock } from './instance-lock.ts';
import type { Log } from './log.ts';
import { backupsPath, ledgerPath, type Paths } from './paths.ts';

/** The ledger's file while the daemon runs: opened again when it is replaced, recovered when it is damaged. */
export interface DaemonLedger {
  /** null: it cannot be used now. */
  current(): Ledger | null;
  /** Opens the ledger if it is closed, or if another file has taken the place of the open one. */
  refresh(): void;
  /** Returns what `read` returns; null where there is no ledger or it cannot be read. */
  use<T>(read: (ledger: Ledger) => T): T | null;
  /** Call it after each failure. Logs it; a damaged ledger is recovered. */
  failed(failure: LedgerFailure): void;
  /** Call it after each record that succeeded: the next failure is logged again. */
  succeeded(): void;
  /** The last recovery; null: there was none. */
  recovery(): Recovery | null;
  close(): void;
}

export interface DaemonLedgerOptions {
  readonly paths: Paths;
  readonly log: Log;
  /** Without it nothing is recorded. */
  readonly lock: Pick<InstanceLock, 'failure'>;
  /** Checks a database file in another process. */
  check(path: string): Promise<FileState>;
  /** A ledger of more bytes is checked while the daemon works, not before (64 MiB by default). */
  readonly checkedLaterAbove?: number;
  now(): number;
}

/** To check so many bytes takes a fifth of a second. */
const CHECKED_LATER = 64 * 1024 * 1024;

/** Opens the ledger. Throws no errors of the disk. */
export function openDaemonLedger(options: DaemonLedgerOptions): DaemonLedger {
  const { paths, log, lock, check, now } = options;
  const path = ledgerPath(paths);
  let ledger: Ledger | null = null;
  let recovery: Recovery | null = null;
  let complained: LedgerFailure | null = null;
  /** Backups from which a ledger was made that turned out to be damaged. */
  const spoiled = new Set<string>();
  /** A ledger that began empty was damaged too: then the file is not the cause. */
  let hopeless = false;
  open();

  return {
    current: () => ledger,
    refresh: () => {
      if (ledger !== null && isElsewhere(ledger)) {
        log.warn(`${path} was removed or replaced; it is opened again`);
        close();
      }
      if (ledger === null) open();
    },
    use: (read) => {
      if (ledger === null) return null;
      try {
        return read(ledger);
      } catch (error) {
        const failure = failureOf(error);
        if (failure === null) throw error;
        failed(failure);
        return null;
      }
    },
    failed,
    succeeded: () => {
      complained = null;
    },
    recovery: () => recovery,
    close,
  };

  function open(isSpoiled = false): void {
    const unusable = lock.failure() ?? makeState(paths.state);
    if (unusable !== null) {
      complain(unusable);
      return;
    }
    const checkedLater = sizeOf(path) > (options.checkedLaterAbove ?? CHECKED_LATER);
    const result = openOrRecover(path, {
      backups: backupsPath(paths),
      now: now(),
      spoiled: isSpoiled,
      without: spoiled,
      checkedLater,
    });
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

  function close(): void {
    ledger?.close();
    ledger = null;
  }

  /** Damage shows only where a damaged page is read. Then another ledger takes the place of this one. */
  function failed(failure: LedgerFailure): void {
    if (failure !== 'damaged' || hopeless) {
      complain(failure);
      return;
    }
    close();
    open(true);
  }

  /** Logged once for each problem, not once a scan. */
  function complain(failure: LedgerFailure): void {
    if (complained === failure) return;
    complained = failure;
    log.error(`${failureText(failure, path)}; judging goes on without it`);
  }
}

/** Bytes; 0: the file is not there or its size cannot be read. Then opening it gives the reason. */
function sizeOf(path: string): number {
  try {
    return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  } catch (error) {
    if (errorCode(error) === null) throw error;
    return 0;
  }
}

/** Makes the state directory: it can be removed while the daemon runs. Returns why it cannot be made; null: it is there. */
function makeState(state: string): LedgerFailure | null {
  try {
    makeDirectory(state, 0o750);
    return null;
  } catch (error) {
    const failure = failureOfSystem(error);
    if (failure === null) throw error;
    return failure;
  }
}
