import type { Effect } from '../../model/merge.ts';
import type { Snapshot } from '../../model/snapshot.ts';

/** What one merge makes of the machine. */
export interface Change {
  readonly snapshot: Snapshot;
  readonly effects: readonly Effect[];
}
