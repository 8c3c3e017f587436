import { join } from 'node:path';
import type { StampedSettings, StampedSettingsResult } from '../config/stamped-settings.ts';
import { INBOX } from '../inbox/read-inbox.ts';
import { ACKS } from '../ledger/acks-file.ts';
import { ALL_PARTS, type Part } from '../model/part.ts';
import { followMachine } from '../watch/follow-machine.ts';
import { type WatchPlace, watchList } from '../watch/watch-list.ts';
import { detectWork, isKernelDirectory } from './at-work.ts';
import { checkApart } from './check-apart.ts';
import { createCycle, type DaemonCycle } from './cycle.ts';
import { SCANS } from './helper-words.ts';
import { createHints } from './hints.ts';
import { type InstanceLock, takeInstanceLock } from './instance-lock.ts';
import { liveSettings } from './live-settings.ts';
import { localRoot } from './local-root.ts';
import type { Log } from './log.ts';
import { openMemory } from './open-memory.ts';
import { openOutlets } from './outlets.ts';
import { insideRoot, type Paths } from './paths.ts';
import { prepareState } from './prepare-state.ts';
import { type Request, receiveRequests } from './requests.ts';
import { createScanner } from './scan/scanner.ts';
import { createSchedules } from './schedules.ts';
import { inScope, type Scope } from './scope.ts';
import type { ServiceManager } from './service-manager.ts';
import { createWorker } from './worker.ts';

export interface DaemonOptions {
  /** Root directory of the machine to follow. */
  readonly root: string;
  readonly paths: Paths;
  readonly settings: StampedSettings;
  /** Reads the configuration again, on SIGHUP. */
  readSettings(): StampedSettingsResult;
  readonly manager: ServiceManager;
  readonly log: Log;
  /** The words that start this program, for the daemon's helper processes. */
  readonly program: readonly [string, ...string[]];
  /** `aufswatch rehearse` for this machine. */
  readonly rehearseCommand: readonly [string, ...string[]];
  now(): number;
  /** One scan, recorded and published, and no more. */
  readonly once: boolean;
  /** Called a moment after a scan: gives back the memory that it took. */
  tidy(): void;
  /** Ends the daemon. */
  readonly signal: AbortSignal;
  /** Sets the handler of signals. */
  onRequest(handler: (request: Request) => void): void;
}

/** How often the time of each place is read besides its watch, ms. */
const POLL = 30_000;
const HEARTBEAT = 60_000;
/** How soon after a scan memory is given back, if there is no other scan until then, ms. */
const TIDY = 2000;

/** Follows the machine until the signal. Resolves to the exit status. */
export async function runDaemon(options: DaemonOptions): Promise<number> {
  const { paths, log, once } = options;
  const handleRequests = receiveRequests(options.onRequest);
  const problem = prepareState(paths);
  if (problem !== null) {
    log.error(problem);
    return 1;
  }
  const lock = takeInstanceLock(join(paths.state, 'daemon.lock'));
  if (lock === null) {
    log.error(`another aufswatch daemon uses ${paths.state}; stop it first, or use another state directory`);
    return 1;
  }
  const exit = await inScope((scope) => run(options, lock, handleRequests, scope));
  if (!once) log.info('stopped');
  return exit;
}

/** Each part is added to the scope where it starts; the scope ends them in reverse order. */
async function run(
  options: DaemonOptions,
  lock: InstanceLock,
  handleRequests: (handler: (request: Request) => void) => void,
  scope: Scope,
): Promise<number> {
  const { log, manager, now, signal } = options;
  scope.add(lock, ({ release }) => release());
  const check = (path: string) => checkApart(options.program, path, signal);
  const memory = scope.add(await openMemory({ ...options, lock, check }), ({ close }) => close());
  const live = liveSettings(options);
  const settings = () => live.now.value;
  const root = () => localRoot(options.root);
  const work = detectWork({
    root,
    now,
    isKernelDirectory: (path) => isKernelDirectory(cycle.snapshot(), path),
  });
  const outlets = openOutlets(scope, {
    ...options,
    memory,
    root,
    settings,
    rehearsed: () => worker.request(new Set()),
  });
  const worker = scope.add(
    createWorker<ReadonlySet<Part>>(joined, async (parts) => {
      await cycle.run(parts);
      const places = placesOf(cycle, options);
      if (places === null || signal.aborted || options.once) return;
      await following.follow(places);
      tidySoon();
    }),
    ({ idle }) => idle(),
  );
  const scanner = scope.add(
    createScanner({
      command: [...options.program, SCANS],
      progress: () => cycle.progress(),
      answered: () => worker.request(ALL_PARTS),
    }),
    ({ close }) => close(),
  );
  signal.addEventListener('abort', () => scanner.close());
  const cycle = createCycle({
    ...options,
    scanner,
    memory,
    settings,
    settingsFrom: () => live.now.from,
    busy: () => work.current() !== null,
    // A single scan is for the caller alone.
    published: (published) => {
      if (!options.once) outlets.update(published, cycle.snapshot());
    },
  });
  if (options.once) {
    worker.request(ALL_PARTS);
    await worker.idle();
    return cycle.failed() ? 1 : 0;
  }

  let tidying: NodeJS.Timeout | undefined;
  const tidySoon = (): void => {
    clearTimeout(tidying);
    tidying = setTimeout(options.tidy, TIDY).unref();
  };
  const hints = createHints(log, () => performance.now());
  const following = scope.add(
    followMachine({
      openRoot: root,
      spans: () => settings().settle,
      work: work.current,
      hinted: hints.add,
      delayed: hints.delayed,
      scan: () => worker.request(hints.take()),
      pollEvery: POLL,
      // A watch that fails does so after its start, and that changes the verdict.
      polled: (degraded) => {
        if (cycle.degraded(degraded)) worker.request(new Set());
      },
      now,
    }),
    ({ stop }) => stop(),
  );
  const schedules = scope.add(
    createSchedules({
      settings: () => settings().schedule,
      log,
      reconcile: () => {
        log.debug('scheduled scan: everything is read again');
        worker.request(ALL_PARTS);
      },
      nightly: () => void memory.maintain(settings()),
    }),
    ({ stop }) => stop(),
  );
  handleRequests((request) => {
    if (request === 'beat') return cycle.beat();
    log.debug({ signal: request }, 'scan requested by a signal');
    if (request === 'reload') {
      live.reload();
      schedules.reload();
    }
    worker.request(ALL_PARTS);
  });
  worker.request(ALL_PARTS);
  await worker.idle();
  manager.ready(cycle.headline());
  scope.add(manager, ({ stopping }) => stopping());
  schedules.start();
  scope.add(setInterval(cycle.beat, HEARTBEAT), clearInterval);
  if (manager.aliveEvery !== null)
    scope.add(
      setInterval(() => cycle.alive() && manager.alive(), manager.aliveEvery),
      clearInterval,
    );
  await aborted(signal);
  return 0;
}

function joined(a: ReadonlySet<Part>, b: ReadonlySet<Part>): ReadonlySet<Part> {
  return new Set([...a, ...b]);
}

/** The places to watch: those of the last snapshot, and the files in which hooks and commands leave something. */
function placesOf(cycle: DaemonCycle, { root, paths }: DaemonOptions): WatchPlace[] | null {
  const snapshot = cycle.snapshot();
  if (snapshot === null) return null;
  const state: WatchPlace = {
    path: insideRoot(root, paths.state),
    parts: ['portage'],
    names: [INBOX, ACKS],
  };
  return [...watchList(snapshot, cycle.categories()), state];
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve());
  });
}
