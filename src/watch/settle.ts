/**
 * Waits until a place is quiet: `done` is called `quiet` ms after the last poke, but not while `busy` says that
 * work is under way there, and at the latest `longest` ms after the first poke.
 */
export interface Settling {
  poke(): void;
  stop(): void;
}

/** The spans are asked for each time: the configuration can be read again. */
export interface SettlingOptions {
  readonly quiet: number;
  readonly longest: number;
  /** Is emerge or make at work? Asked when it has been quiet. */
  busy(): boolean;
  done(): void;
  now(): number;
}

export function createSettling(options: SettlingOptions): Settling {
  const { busy, done, now } = options;
  let firstAt: number | null = null;
  let lastAt = 0;
  let timer: NodeJS.Timeout | null = null;
  return {
    poke: () => {
      lastAt = now();
      firstAt ??= lastAt;
      // Thousands of pokes in a kernel build must not make thousands of timers.
      timer ??= setTimeout(look, options.quiet);
    },
    stop: () => {
      if (timer !== null) clearTimeout(timer);
      timer = null;
      firstAt = null;
    },
  };

  function look(): void {
    timer = null;
    if (firstAt === null) return;
    const { quiet, longest } = options;
    const overdue = now() - firstAt >= longest;
    const wait = lastAt + quiet - now();
    if (!overdue && wait > 0) {
      timer = setTimeout(look, Math.min(wait, firstAt + longest - now()));
    } else if (!overdue && busy()) {
      timer = setTimeout(look, Math.max(1, Math.min(Math.max(quiet, BUSY_AGAIN), firstAt + longest - now())));
    } else {
      firstAt = null;
      done();
    }
  }
}

/** How often to ask again whether work is still under way, ms. */
const BUSY_AGAIN = 2000;
