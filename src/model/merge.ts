import type { PackageKind } from './portage.ts';

/** A merge or removal that Portage lists and that has not happened yet. */
export interface Merge {
  readonly what: 'merged' | 'removed';
  /** CATEGORY/PF, as in `sys-kernel/gentoo-sources-6.1.192-r1`. */
  readonly cpv: string;
  readonly category: string;
  /** Package name without version. */
  readonly name: string;
  /** Version with revision. */
  readonly version: string;
  /** Slot without sub-slot; null: the list does not say. */
  readonly slot: string | null;
  /** USE flags that it would be built with; null: the list does not say. */
  readonly use: readonly string[] | null;
  /** Is it a binary package? */
  readonly binary: boolean;
  /** Its kinds, of those that aufswatch knows; empty: it has no effect here. */
  readonly kinds: readonly PackageKind[];
}

/** What a merge would do to the machine, in the order in which it would happen. */
export interface Effect {
  readonly cpv: string;
  /** `unknown`: the result cannot be known beforehand. `failure`: the merge would stop there. */
  readonly certainty: 'known' | 'unknown' | 'failure';
  /** For a person: one clause, without its subject. */
  readonly text: string;
}
