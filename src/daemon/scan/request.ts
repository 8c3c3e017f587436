import type { Part } from '../../model/part.ts';
import type { Preferences } from '../../model/preferences.ts';
import { SNAPSHOT_SCHEMA, type Snapshot } from '../../model/snapshot.ts';

/** What the daemon asks of the process that looks at the machine for it. */
export interface ScanRequest {
  readonly form: typeof SNAPSHOT_SCHEMA;
  /** Directory of the root. */
  readonly root: string;
  readonly preferences: Preferences;
  /** ms since the epoch. */
  readonly takenAt: number;
  /** Hashes of images that were read before. */
  readonly hashes: readonly (readonly [string, string])[];
  /** File in which what it rests on is kept, and the look before this one in it; null: none is of use. */
  readonly rests: { readonly file: string; readonly earlier: string | null };
  /** What was seen last, and the parts of it that may be old; null: everything is read. */
  readonly earlier: { readonly snapshot: Snapshot; readonly parts: readonly Part[] } | null;
}

/** What it answers. */
export interface ScanAnswer {
  readonly form: typeof SNAPSHOT_SCHEMA;
  readonly snapshot: Snapshot;
  readonly hashes: readonly (readonly [string, string])[];
  /** The name by which the file of rests knows this look; null: it could not be written. */
  readonly scan: string | null;
  /** Hooks that are not in place. */
  readonly missingHooks: readonly string[];
  /** Since when the hook of emerge is in place as it is now, ms; null: it is not. */
  readonly hookSince: number | null;
  /** Directories of the database of packages. */
  readonly categories: readonly string[];
}

export interface ScanFailure {
  readonly form: typeof SNAPSHOT_SCHEMA;
  /** Stack of the exception: a bug. */
  readonly failure: string;
}

/** Both sides are this program. After an upgrade they may be two versions of it, which agree while the schema is one. */
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
