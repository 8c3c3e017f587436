import type { Part } from '../model/part.ts';
import type { Hint } from '../watch/watcher.ts';
import type { Log } from './log.ts';

/**
 * The hints since the last scan. At the level `debug` the log has each place once, each reason for which the scan has to
 * wait, and how long it waited.
 */
export interface Hints {
  add(hint: Hint): void;
  /** Logs why the scan has to wait, unless that was the last reason as well. */
  delayed(why: string): void;
  /** Returns the parts that may be old, and forgets all hints. */
  take(): ReadonlySet<Part>;
}

/** `now`: a clock that nobody sets, ms. */
export function createHints(log: Log, now: () => number): Hints {
  const parts = new Set<Part>();
  const places = new Set<string>();
  let since = 0;
  let reason: string | null = null;
  return {
    add: (hint) => {
      if (parts.size === 0) since = now();
      for (const part of hint.parts) parts.add(part);
      if (places.has(hint.place)) return;
      places.add(hint.place);
      log.debug({ place: hint.place, why: hint.why, parts: hint.parts }, 'hint');
    },
    delayed: (why) => {
      if (why === reason) return;
      reason = why;
      log.debug({ why, ms: Math.round(now() - since) }, 'scan delayed');
    },
    take: () => {
      const taken = new Set(parts);
      const ms = Math.round(now() - since);
      log.debug({ places: places.size, parts: [...taken], ms }, 'quiet after hints: scanning');
      parts.clear();
      places.clear();
      reason = null;
      return taken;
    },
  };
}
