import { FOR_EVER } from '../../ledger/acknowledge.ts';
import { shellLine } from '../../model/command-text.ts';
import { dayTime } from '../../verdict/words.ts';

/** How long something lasts that ends at `until` (ms): `until 2026-11-23 14:10`. */
export function spanText(until: number): string {
  return until === FOR_EVER ? 'until it is taken back' : `until ${dayTime(until)}`;
}

/** What `aufswatch ack` is to be given for a finding: its code and, where it has one, its subject. */
export function wordsFor({ code, subject }: { readonly code: string; readonly subject: string }): string {
  return shellLine([code, ...(subject === '' ? [] : [subject])]);
}
