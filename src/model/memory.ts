import type { Rehearsed } from './rehearsal.ts';

/** The part of the ledger that the verdict needs. Without a ledger it is NO_MEMORY. */
export interface Memory {
  /** By path of the tree. */
  readonly trees: Readonly<Record<string, TreeMemory>>;
  /** Results of rehearsals, the newest first. */
  readonly rehearsals: readonly Rehearsed[];
  /** The release of the kernel that the user stays on; null: none is pinned. */
  readonly pinned: string | null;
  /** Findings of the program about itself, raised by the daemon (watches, ledger, inbox). */
  readonly self: readonly SelfReport[];
}

export interface TreeMemory {
  /** The patch was whole from … until …; null: never seen whole, or still is. */
  readonly patchLost: { readonly atMs: number; readonly cause: Cause | null } | null;
  /** When the patch state last changed, and what changed it. */
  readonly patchChanged: { readonly atMs: number; readonly cause: Cause | null } | null;
}

/** The cause of a change: a merge, a removal, or the pkg_setup of a package that patches the sources itself. */
export interface Cause {
  readonly cpv: string;
  readonly what: 'merged' | 'removed' | 'setup';
  readonly atMs: number;
  /** The version that the merge replaced, its own where it was merged again; undefined: not known. */
  readonly replaced?: string;
}

export type SelfReport =
  | { readonly code: 'watch-degraded'; readonly places: number; readonly limit: 'watches' | 'instances' }
  | { readonly code: 'ledger-recovered'; readonly atMs: number; readonly movedTo: string }
  | { readonly code: 'inbox-stuck'; readonly path: string; readonly detail: string }
  | { readonly code: 'hook-missing'; readonly missing: readonly string[] }
  | { readonly code: 'hook-unheard'; readonly cpv: string; readonly atMs: number };

export const NO_MEMORY: Memory = { trees: {}, rehearsals: [], pinned: null, self: [] };
