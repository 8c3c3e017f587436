import { join } from 'node:path';
import { replaceFile } from '../files/replace-file.ts';
import { errorCode } from '../system/system-error.ts';

/** A file in the state directory that is written again with each acknowledgement. The daemon watches for its name. */
export const ACKS = 'acks';

/** Notifies the daemon that an acknowledgement was added or removed, so that it scans now. */
export function tellOfAcknowledgement(state: string): void {
  try {
    replaceFile(join(state, ACKS), '', 0o600);
  } catch (error) {
    // No error: the ledger has the acknowledgement.
    if (errorCode(error) === null) throw error;
  }
}
