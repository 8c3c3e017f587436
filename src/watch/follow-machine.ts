import type { Root } from '../system/root.ts';
import { createSettling } from './settle.ts';
import type { WatchPlace } from './watch-list.ts';
import { type Degraded, type Hint, openWatcher } from './watcher.ts';

/** A watch is in effect a moment after its start. A poll so many ms later sees what changed in between. */
const POLL_SOON = 300;

export interface FollowOptions {
  openRoot(): Root;
  /** A scan is due after `quietMs` without a hint, at the latest `longestMs` after the first. Read each time. */
  spans(): { readonly quietMs: number; readonly longestMs: number };
  /** What is at work (emerge, make), for the log; null: nothing. The scan waits for its end. */
  work(): string | null;
  /** Called for each change that a scan would see. */
  hinted(hint: Hint): void;
  /** Called each time the scan has to wait. `why`: for the log. */
  delayed(why: string): void;
  /** Called when a scan is due. */
  scan(): void;
  /** How often all places are polled besides their watches, ms. */
  readonly pollEvery: number;
  /** Called after each poll. `degraded`: which watches failed; null: none. */
  polled(degraded: Degraded | null): void;
  /** ms since the epoch. */
  now(): number;
}

export interface Following {
  /** Watches these places from now on, and no others. */
  follow(places: readonly WatchPlace[]): Promise<void>;
  /** Acts as if there had been a hint. */
  hint(): void;
  stop(): Promise<void>;
}

/** Watches the machine, and calls `scan` when it is quiet after changes: for the daemon and for `aufswatch watch`. */
export function followMachine(options: FollowOptions): Following {
  let stopped = false;
  const settling = createSettling({
    spans: options.spans,
    work: () => {
      const place = watcher.moves(options.now() - options.spans().quietMs);
      return place === null ? options.work() : `${place} still changes`;
    },
    delayed: options.delayed,
    // Not the time of day: that can be set, also back.
    now: () => performance.now(),
    done: () => {
      watcher.wake();
      options.scan();
    },
  });
  const watcher = openWatcher(options.openRoot, (hint) => {
    options.hinted(hint);
    settling.hint();
  });
  const polling = setInterval(() => void poll(), options.pollEvery);
  return {
    follow: async (places) => {
      if (stopped) return;
      await watcher.follow(places);
      setTimeout(() => void poll(), POLL_SOON).unref();
    },
    hint: settling.hint,
    stop: async () => {
      stopped = true;
      clearInterval(polling);
      settling.stop();
      await watcher.close();
    },
  };

  async function poll(): Promise<void> {
    if (stopped) return;
    await watcher.poll();
    options.polled(watcher.degraded());
  }
}
