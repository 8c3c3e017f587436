import type { HookEvent, InboxPosition } from '../model/event.ts';
import type { LedgerFailure } from './failure.ts';
import { storePositions } from './inbox-positions.ts';
import type { Ledger } from './open-ledger.ts';
import { recordHooks } from './record-packages.ts';
import { transact } from './transact.ts';

/**
 * Records a portion of what the hooks left, and how far the inbox was read for it, in one transaction: a long inbox
 * is taken portion by portion before the look that its last one belongs to. null, or why not.
 */
export function recordEvents(
  ledger: Ledger,
  events: readonly HookEvent[],
  positions: readonly InboxPosition[],
): LedgerFailure | null {
  const done = transact(ledger, () => {
    recordHooks(ledger, events);
    storePositions(ledger, positions);
  });
  return done.ok ? null : done.failure;
}
