import { FOR_EVER } from '../../ledger/acknowledge.ts';
import { dayTime } from '../../verdict/words.ts';

/** How long something lasts that ends at `until` (ms): `until 2026-11-23 14:10`. */
export function spanText(until: number): string {
  return until === FOR_EVER ? 'until it is taken back (aufswatch unack)' : `until ${dayTime(until)}`;
}
