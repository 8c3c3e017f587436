import type { Root } from '../system/root.ts';
import { createSettling } from './settle.ts';
import type { WatchPlace } from './watch-list.ts';
import { type Degraded, type Hint, openWatcher } from './watcher.ts';

/** A watch stands a moment after it was asked for; what happened meanwhile is seen by a look at the time of its place, ms. */
const POLL_SOON = 300;

export interface FollowOptions {
  openRoot(): Root;
  /** It looks when all is quiet for so long, and at the latest after the longer span, ms; asked each time. */
  spans(): { readonly quiet: number; readonly longest: number };
  /** Is emerge or make at work? Then it waits for the end of that. */
  busy(): boolean;
  /** Something happened that a look will see. */
  hinted(hint: Hint): void;
  /** Called when it is quiet after hints. */
  scan(): void;
  /** How often the places are looked at besides their watches, ms. */
  readonly pollEvery: number;
  /** Called after each of those: what could not be watched. */
  polled(degraded: Degraded | null): void;
  /** The time of day, ms. */
  now(): number;
}

/** Follows what a machine rests on, from its making until `stop`. */
export interface Following {
  /** Watches these places from now on: the list follows from what was read last. */
  follow(places: readonly WatchPlace[]): Promise<void>;
  /** As if something had happened. */
  poke(): void;
  stop(): Promise<void>;
}

/** Watches, waits until all is quiet, and has somebody look: for the daemon and for `aufswatch watch`. */
export function followMachine(options: FollowOptions): Following {
  let stopped = false;
  const settling = createSettling({
    get quiet() {
      return options.spans().quiet;
    },
    get longest() {
      return options.spans().longest;
    },
    busy: () => watcher.moves(options.now() - options.spans().quiet) || options.busy(),
    // Not the clock of the day, which is set now and then, back as well.
    now: () => performance.now(),
    done: () => {
      watcher.wake();
      options.scan();
    },
  });
  const watcher = openWatcher(options.openRoot, (hint) => {
    options.hinted(hint);
    settling.poke();
  });
  const polling = setInterval(() => void poll(), options.pollEvery);
  return {
    follow: async (places) => {
      if (stopped) return;
      await watcher.follow(places);
      setTimeout(() => void poll(), POLL_SOON).unref();
    },
    poke: () => settling.poke(),
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
