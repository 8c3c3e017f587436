import { join } from 'node:path';
import { replaceFile } from '../files/replace-file.ts';
import { errorCode } from '../system/system-error.ts';

/** A file in the state directory that is written anew with each acknowledgement: the daemon watches for its name. */
export const ACKS = 'acks';

/** Tells the daemon that something was acknowledged, or taken back: it need not wait for its next look. */
export function tellOfAcknowledgement(state: string): void {
  try {
    replaceFile(join(state, ACKS), '', 0o600);
  } catch (error) {
    // What counts stands in the ledger.
    if (errorCode(error) === null) throw error;
  }
}
