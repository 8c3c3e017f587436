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
  /** Has it been quiet, and is only the end of the work awaited? */
  let waiting = false;
  return {
    poke: () => {
      lastAt = now();
      firstAt ??= lastAt;
      // What moves while work is under way may be the end of it.
      if (waiting) wait(options.quiet);
      // Thousands of pokes in a kernel build must not make thousands of timers.
      else timer ??= setTimeout(check, options.quiet);
    },
    stop: () => {
      if (timer !== null) clearTimeout(timer);
      timer = null;
      firstAt = null;
      waiting = false;
    },
  };

  function wait(ms: number): void {
    if (timer !== null) clearTimeout(timer);
    waiting = false;
    timer = setTimeout(check, ms);
  }

  function check(): void {
    timer = null;
    waiting = false;
    if (firstAt === null) return;
    const { quiet, longest } = options;
    const left = firstAt + longest - now();
    const toQuiet = lastAt + quiet - now();
    if (left > 0 && toQuiet > 0) {
      wait(Math.min(toQuiet, left));
    } else if (left > 0 && busy()) {
      wait(Math.max(1, Math.min(BUSY_AGAIN, left)));
      waiting = true;
    } else {
      firstAt = null;
      done();
    }
  }
}

/**
 * How often to ask again whether work is still under way, ms: it may end without a trace, and whoever waits for its
 * end is to hear of it within two seconds.
 */
const BUSY_AGAIN = 1000;
