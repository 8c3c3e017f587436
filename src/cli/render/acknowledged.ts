import { FOR_EVER } from '../../ledger/acknowledge.ts';
import { shellLine } from '../../model/command-text.ts';
import { dayTime } from '../../verdict/words.ts';

/** The end of a silence, `until` in ms: `until 2026-11-23 14:10`. */
export function spanText(until: number): string {
  return until === FOR_EVER ? 'until it is taken back' : `until ${dayTime(until)}`;
}

/** The arguments of `aufswatch ack` for a finding: its code and, where it has one, its subject. */
export function wordsFor({ code, subject }: { readonly code: string; readonly subject: string }): string {
  return shellLine([code, ...(subject === '' ? [] : [subject])]);
}
