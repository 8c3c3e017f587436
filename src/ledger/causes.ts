/** An event of Portage that can be the cause of a change. */
export interface CauseCandidate {
  readonly id: number;
  readonly at: number;
  readonly what: 'merged' | 'removed' | 'setup';
  readonly cpv: string;
}

export interface PatchChange {
  readonly from: 'whole' | 'partial' | 'absent' | null;
  readonly to: 'whole' | 'partial' | 'absent';
  /** When the change was seen, ms. */
  readonly seenAt: number;
  /** Newest mtime of what the patch touched, ms. */
  readonly appliedAt: number | null;
  /** CPV that owns the tree; null: none. */
  readonly owner: string | null;
  /** CPVs of packages that can patch a tree (sys-fs/aufs…). */
  readonly patchers: readonly string[];
  /** id of the event that caused the previous state; null: none is known. */
  readonly causeBefore: number | null;
}

/** If the time of a change is not known: its cause is at most so long before it was seen, ms. */
const WINDOW = 15 * 60_000;
/** The time of the files and of the event differ by at most the time of a merge, ms. */
const SLACK = 5 * 60_000;

/**
 * Finds the event that caused a change of a tree's patch state; null: none, so it was done by hand. First comes a package
 * whose setup changed the sources, by its hook. Then those that can have done it: the tree's own package removes or
 * brings a patch; a package of AUFS brings one.
 */
export function causeOfPatchChange(
  change: PatchChange,
  events: readonly CauseCandidate[],
): CauseCandidate | null {
  const lost = isLoss(change);
  const near = events.filter((event) => isNear(event, change, lost)).toSorted((a, b) => b.at - a.at);
  const told = near.find((event) => event.what === 'setup');
  if (told !== undefined && !lost) return told;
  const ofTree = near.find((event) => event.what !== 'setup' && isPackage(event.cpv, change.owner));
  const patching = near.find((event) => event.what === 'merged' && change.patchers.includes(event.cpv));
  if (lost) return ofTree ?? told ?? null;
  return patching ?? ofTree ?? null;
}

/** Was a part of the patch removed? The rest still has the time at which it was applied. */
export function isLoss({ from, to }: Pick<PatchChange, 'from' | 'to'>): boolean {
  return to === 'absent' || (to === 'partial' && from === 'whole');
}

function isNear(event: CauseCandidate, change: PatchChange, lost: boolean): boolean {
  if (event.at > change.seenAt + SLACK) return false;
  // The event that brought the patch did not remove it.
  if (lost && event.id === change.causeBefore) return false;
  // Files of a patch have the time at which it was applied; a patch that is gone has none.
  const about = lost ? null : change.appliedAt;
  return about === null ? event.at >= change.seenAt - WINDOW : Math.abs(event.at - about) <= WINDOW;
}

function isPackage(cpv: string, owner: string | null): boolean {
  return owner !== null && cpv === owner;
}
