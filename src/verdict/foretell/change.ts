import type { Effect } from '../../model/merge.ts';
import type { Snapshot } from '../../model/snapshot.ts';

/** The machine after one merge, and what it did. */
export interface Change {
  readonly snapshot: Snapshot;
  readonly effects: readonly Effect[];
}
