import type { HookEvent } from '../model/event.ts';
import type { LedgerFailure } from './failure.ts';
import { advance, type ReadSpan } from './inbox-positions.ts';
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
  read: ReadSpan,
): LedgerFailure | null {
  const done = transact(ledger, () => {
    advance(ledger, read);
    recordHooks(ledger, events);
  });
  return done.ok ? null : done.failure;
}
