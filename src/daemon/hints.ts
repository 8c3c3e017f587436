import type { Part } from '../model/part.ts';
import type { Hint } from '../watch/watcher.ts';
import type { Log } from './log.ts';

/** What was hinted at since the last look. At the level `debug` the log tells each place once, and how long they waited. */
export interface Hints {
  add(hint: Hint): void;
  /** The parts that may be old; from now on none are. */
  take(): ReadonlySet<Part>;
}

/** `now`: a clock that nobody sets, ms. */
export function createHints(log: Log, now: () => number): Hints {
  const parts = new Set<Part>();
  const places = new Set<string>();
  let since = 0;
  return {
    add: (hint) => {
      if (parts.size === 0) since = now();
      for (const part of hint.parts) parts.add(part);
      if (places.has(hint.place)) return;
      places.add(hint.place);
      log.debug({ place: hint.place, why: hint.why, parts: hint.parts }, 'hint');
    },
    take: () => {
      const taken = new Set(parts);
      const ms = Math.round(now() - since);
      log.debug({ places: places.size, parts: [...taken], ms }, 'quiet after hints: scanning');
      parts.clear();
      places.clear();
      return taken;
    },
  };
}
