/** A thing that Portage did, as far as it can be the cause of another. */
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
  /** id of the event that brought the state before; null: none is known. */
  readonly causeBefore: number | null;
}

/** Where nothing tells when a change was made: how long before it was seen its cause may lie, ms. */
const WINDOW = 15 * 60_000;
/** The clock of the file system and of the event differ by as much as a merge takes, ms. */
const SLACK = 5 * 60_000;

/**
 * Which of the events brought a change of a tree's patch state; null: none, so it was done by hand. A package that
 * says so itself (its setup changed the sources) comes first, then what can have done it: the tree's own package
 * takes a patch away, or brings it; a package of AUFS brings it.
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

/** Was something of the patch taken away? What is left then carries the time at which it was applied. */
export function isLoss({ from, to }: Pick<PatchChange, 'from' | 'to'>): boolean {
  return to === 'absent' || (to === 'partial' && from === 'whole');
}

function isNear(event: CauseCandidate, change: PatchChange, lost: boolean): boolean {
  if (event.at > change.seenAt + SLACK) return false;
  // What brought the patch did not take it away.
  if (lost && event.id === change.causeBefore) return false;
  // A patch that is there carries the time at which it was applied; one that is gone carries none.
  const about = lost ? null : change.appliedAt;
  return about === null ? event.at >= change.seenAt - WINDOW : Math.abs(event.at - about) <= WINDOW;
}

function isPackage(cpv: string, owner: string | null): boolean {
  return owner !== null && cpv === owner;
}
