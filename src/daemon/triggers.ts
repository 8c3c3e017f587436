import type { Settings } from '../config/settings.ts';
import { INBOX } from '../inbox/read-inbox.ts';
import { ACKS } from '../ledger/acks-file.ts';
import { ALL_PARTS } from '../model/part.ts';
import type { Root } from '../system/root.ts';
import { followMachine } from '../watch/follow-machine.ts';
import { type WatchPlace, watchList } from '../watch/watch-list.ts';
import type { DaemonCycle } from './cycle.ts';
import { createHints } from './hints.ts';
import type { Log } from './log.ts';
import { insideRoot, type Paths } from './paths.ts';
import type { Scans } from './scans.ts';
import { createSchedules, type Schedules } from './schedules.ts';
import type { Scope } from './scope.ts';

/** What triggers scans: changes of the machine, and the times of `[schedule]`. */
export interface Triggers {
  /** Watches the places of the last scan. Call it after each scan. */
  scanned(): Promise<void>;
  readonly schedules: Schedules;
}

export interface TriggerOptions {
  /** Directory of the root. */
  readonly root: string;
  readonly paths: Paths;
  readonly scans: Scans;
  readonly log: Log;
  readonly signal: AbortSignal;
  openRoot(): Root;
  settings(): Settings;
  /** What is at work (emerge, make), for the log; null: nothing. */
  work(): string | null;
  /** Called at the nightly time. */
  nightly(): void;
  /** Called a moment after a scan: gives back the memory that it took. */
  tidy(): void;
  now(): number;
}

/** How often the time of each place is read besides its watch, ms. */
const POLL = 30_000;
/** How soon after a scan memory is given back, if there is no other scan until then, ms. */
const TIDY = 2000;

export function openTriggers(scope: Scope, options: TriggerOptions): Triggers {
  const { scans, log, settings } = options;
  const { cycle } = scans;
  const hints = createHints(log, () => performance.now());
  const following = scope.add(
    followMachine({
      openRoot: options.openRoot,
      spans: () => settings().settle,
      work: options.work,
      hinted: hints.add,
      delayed: hints.delayed,
      scan: () => scans.request(hints.take()),
      pollEvery: POLL,
      // A watch that fails does so after its start, and that changes the verdict.
      polled: (degraded) => {
        if (cycle.degraded(degraded)) scans.request(new Set());
      },
      now: options.now,
    }),
    ({ stop }) => stop(),
  );
  const schedules = scope.add(
    createSchedules({
      settings: () => settings().schedule,
      log,
      reconcile: () => {
        log.debug('scheduled scan: everything is read again');
        scans.request(ALL_PARTS);
      },
      nightly: options.nightly,
    }),
    ({ stop }) => stop(),
  );
  let tidying: NodeJS.Timeout | undefined;
  return {
    scanned: async () => {
      const places = placesOf(cycle, options);
      if (places === null || options.signal.aborted) return;
      await following.follow(places);
      clearTimeout(tidying);
      tidying = setTimeout(options.tidy, TIDY).unref();
    },
    schedules,
  };
}

/** The places to watch: those of the last snapshot, and the files in which hooks and commands leave something. */
function placesOf(cycle: DaemonCycle, { root, paths }: TriggerOptions): WatchPlace[] | null {
  const snapshot = cycle.snapshot();
  if (snapshot === null) return null;
  const state: WatchPlace = {
    path: insideRoot(root, paths.state),
    parts: ['portage'],
    names: [INBOX, ACKS],
  };
  return [...watchList(snapshot, cycle.categories()), state];
}
