import type { Part } from '../../model/part.ts';
import type { Preferences } from '../../model/preferences.ts';
import { SNAPSHOT_SCHEMA, type Snapshot } from '../../model/snapshot.ts';

/** The daemon's request to the process that scans. */
export interface ScanRequest {
  readonly form: typeof SNAPSHOT_SCHEMA;
  /** Directory of the root. */
  readonly root: string;
  readonly preferences: Preferences;
  /** ms since the epoch. */
  readonly takenAt: number;
  /** Known hashes of images. */
  readonly hashes: readonly (readonly [string, string])[];
  /** The file of what a scan rests on, and the name of the previous scan in it; null: there is none that can be used. */
  readonly rests: { readonly file: string; readonly earlier: string | null };
  /** The last snapshot and its parts that may be old; null: everything is read. */
  readonly earlier: { readonly snapshot: Snapshot; readonly parts: readonly Part[] } | null;
}

/** The answer of the process that scans. */
export interface ScanAnswer {
  readonly form: typeof SNAPSHOT_SCHEMA;
  readonly snapshot: Snapshot;
  readonly hashes: readonly (readonly [string, string])[];
  /** The name of this scan in the file of rests; null: the file could not be written. */
  readonly scan: string | null;
  /** Hooks that are not in place. */
  readonly missingHooks: readonly string[];
  /** Since when the hook of emerge is in place unchanged, ms; null: it is not in place. */
  readonly hookSince: number | null;
  /** Directories of the database of packages. */
  readonly categories: readonly string[];
}

export interface ScanFailure {
  readonly form: typeof SNAPSHOT_SCHEMA;
  /** Stack of an exception, which is a bug. */
  readonly failure: string;
}

/** After an upgrade the two processes may be two versions of this program. They fit together while the schema is the same. */
export function isRequest(message: unknown): message is ScanRequest {
  return hasForm(message) && 'root' in message && 'earlier' in message;
}

export function isAnswer(message: unknown): message is ScanAnswer | ScanFailure {
  return hasForm(message) && ('snapshot' in message || 'failure' in message);
}

function hasForm(message: unknown): message is object {
  return (
    typeof message === 'object' && message !== null && 'form' in message && message.form === SNAPSHOT_SCHEMA
  );
}
