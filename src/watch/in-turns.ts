import { setImmediate } from 'node:timers/promises';

/** How long one turn lasts, ms. */
const TURN = 20;

/**
 * Yields the items one after the other. After each turn the event loop runs, so that signals are handled meanwhile. Ends
 * early when `isOver`.
 */
export async function* inTurns<T>(items: readonly T[], isOver: () => boolean): AsyncGenerator<T> {
  let since = performance.now();
  for (const item of items) {
    if (performance.now() - since > TURN) {
      await setImmediate();
      since = performance.now();
    }
    if (isOver()) return;
    yield item;
  }
}
