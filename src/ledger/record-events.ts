import type { HookEvent, InboxPosition } from '../model/event.ts';
import { failureOf, type LedgerFailure } from './failure.ts';
import { storePositions } from './inbox-positions.ts';
import type { Ledger } from './open-ledger.ts';
import { recordHooks } from './record-packages.ts';

/**
 * Records a portion of what the hooks left, and how far the inbox was read for it, in one transaction: a long inbox
 * is taken portion by portion before the look that its last one belongs to. null, or why not.
 */
export function recordEvents(
  ledger: Ledger,
  events: readonly HookEvent[],
  positions: readonly InboxPosition[],
): LedgerFailure | null {
  try {
    const work = ledger.database.transaction(() => {
      recordHooks(ledger, events);
      storePositions(ledger, positions);
    });
    work.immediate();
    return null;
  } catch (error) {
    const failure = failureOf(error);
    if (failure === null) throw error;
    return failure;
  }
}
