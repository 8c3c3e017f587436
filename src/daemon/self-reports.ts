import type { InboxReading } from '../inbox/read-inbox.ts';
import type { SelfReport } from '../model/memory.ts';
import type { InstalledPackage } from '../model/portage.ts';
import { lastHookWrite, unreportedMerge } from '../setup/unreported-merge.ts';
import type { Degraded } from '../watch/watcher.ts';
import type { DaemonMemory } from './open-memory.ts';
import type { ScanAnswer } from './scan/request.ts';

/** The time from a package's entry in the database to the end of its pkg_postinst is hardly longer, ms. */
const POSTINST = 10 * 60_000;

export interface SelfFacts {
  /** The state directory. */
  readonly state: string;
  readonly memory: Pick<DaemonMemory, 'reports' | 'lastHookEvent'>;
  readonly degraded: Degraded | null;
  readonly scan: Pick<ScanAnswer, 'missingHooks' | 'hookSince'>;
  readonly packages: readonly InstalledPackage[];
  readonly stuck: InboxReading['stuck'];
  /** Time of the scan, ms since the epoch. */
  readonly at: number;
}

/** What is wrong with aufswatch itself: the ledger, watches, hooks and the inbox. */
export function selfReports(facts: SelfFacts): SelfReport[] {
  const { memory, degraded, scan, stuck } = facts;
  const unreported = overdueMerge(facts);
  return [
    ...memory.reports(),
    ...(degraded === null ? [] : [{ code: 'watch-degraded' as const, ...degraded }]),
    ...(scan.missingHooks.length === 0
      ? []
      : [{ code: 'hook-missing' as const, missing: scan.missingHooks }]),
    ...(unreported === null ? [] : [{ code: 'hook-unheard' as const, ...unreported }]),
    ...(stuck === null ? [] : [{ code: 'inbox-stuck' as const, ...stuck }]),
  ];
}

/** A merge that the hook did not report, and whose pkg_postinst, in which it reports, must be over. */
function overdueMerge({ state, memory, scan, packages, at }: SelfFacts) {
  const lastEvent = lastHookWrite(state, memory.lastHookEvent());
  const merge = unreportedMerge({ since: scan.hookSince, packages, lastEvent });
  return merge !== null && at - merge.atMs > POSTINST ? merge : null;
}
