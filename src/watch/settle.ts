/**
 * Waits until the machine is quiet after hints. Calls `done` when there was no hint for `quietMs` and no work is under
 * way, and at the latest `longestMs` after the first hint.
 */
export interface Settling {
  /** Call it for each hint. */
  hint(): void;
  stop(): void;
}

export interface SettlingOptions {
  /** Read each time: the configuration can change. */
  spans(): { readonly quietMs: number; readonly longestMs: number };
  /** What is at work (emerge, make), for the log; null: nothing. Called when there was no hint for `quietMs`. */
  work(): string | null;
  /** Called each time the wait goes on. `why`: for the log. */
  delayed(why: string): void;
  done(): void;
  /** ms. */
  now(): number;
}

export function createSettling({ spans, work, delayed, done, now }: SettlingOptions): Settling {
  let firstAt: number | null = null;
  let lastAt = 0;
  let timer: NodeJS.Timeout | null = null;
  /** Has it been quiet, so that only the end of the work is missing? */
  let awaitsWork = false;
  return {
    hint: () => {
      lastAt = now();
      firstAt ??= lastAt;
      // A change while work is under way may be the end of it.
      if (awaitsWork) wait(spans().quietMs);
      // One timer for all hints: a kernel build gives thousands of them.
      else timer ??= setTimeout(check, spans().quietMs);
    },
    stop: () => {
      if (timer !== null) clearTimeout(timer);
      timer = null;
      firstAt = null;
      awaitsWork = false;
    },
  };

  function wait(ms: number): void {
    if (timer !== null) clearTimeout(timer);
    awaitsWork = false;
    timer = setTimeout(check, ms);
  }

  function check(): void {
    timer = null;
    awaitsWork = false;
    if (firstAt === null) return;
    const { quietMs, longestMs } = spans();
    const left = firstAt + longestMs - now();
    const toQuiet = lastAt + quietMs - now();
    if (left > 0 && toQuiet > 0) {
      delayed('there are more changes');
      wait(Math.min(toQuiet, left));
      return;
    }
    const working = left > 0 ? work() : null;
    if (working !== null) {
      delayed(working);
      wait(Math.max(1, Math.min(WORK_CHECK, left)));
      awaitsWork = true;
      return;
    }
    firstAt = null;
    done();
  }
}

/** How often `work` is called again, ms: work may end without a hint, and its end shall be noticed within two seconds. */
const WORK_CHECK = 1000;
