import { failureOf, type LedgerFailure } from './failure.ts';
import type { Ledger } from './open-ledger.ts';

export type Transacted<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly failure: LedgerFailure };

/** Does all of it in one transaction, or, where the ledger fails, nothing. What is no failure of the ledger is thrown. */
export function transact<T>({ database }: Ledger, work: () => T): Transacted<T> {
  try {
    return { ok: true, value: database.transaction(work).immediate() };
  } catch (error) {
    const failure = failureOf(error);
    if (failure === null) throw error;
    return { ok: false, failure };
  }
}
