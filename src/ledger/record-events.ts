import type { HookEvent } from '../model/event.ts';
import type { LedgerFailure } from './failure.ts';
import { advance, type ReadSpan } from './inbox-positions.ts';
import type { Ledger } from './open-ledger.ts';
import { recordHooks } from './record-packages.ts';
import { transact } from './transact.ts';

/**
 * Records a portion of the inbox and its positions in one transaction. A long inbox is recorded portion by portion; only
 * the last one belongs to a scan. Returns why it failed; null: it did not.
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
