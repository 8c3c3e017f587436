import { failureOf, type LedgerFailure } from './failure.ts';
import type { Ledger } from './open-ledger.ts';

export type Transacted<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly failure: LedgerFailure };

/** Runs `work` in one transaction; if the ledger fails, nothing is changed. Throws errors that are no failure of the ledger. */
export function transact<T>({ database }: Ledger, work: () => T): Transacted<T> {
  try {
    return { ok: true, value: database.transaction(work).immediate() };
  } catch (error) {
    const failure = failureOf(error);
    if (failure === null) throw error;
    return { ok: false, failure };
  }
}
