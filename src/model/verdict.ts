import type { Finding, PlanStep } from './finding.ts';

/** What follows from a Snapshot and from what the ledger remembers. */
export interface Verdict {
  readonly wanted: Wanted;
  readonly nextBoot: NextBoot;
  /** The five links in their order. */
  readonly links: readonly Link[];
  /** Worst first. */
  readonly findings: readonly Finding[];
  readonly plan: readonly PlanStep[];
}

/** Is AUFS wanted on this machine, and what says so? */
export interface Wanted {
  readonly answer: 'yes' | 'no';
  /** For a person: "sys-fs/aufs4-0_pre20180312 is installed". */
  readonly because: readonly string[];
}

export type NextBoot =
  | {
      readonly known: true;
      /** Path of the image. */
      readonly image: string;
      /** How it was told, surest first. */
      readonly by: 'configured' | 'link' | 'selected-release' | 'newest' | 'only';
    }
  | { readonly known: false; readonly why: string };

export const LINK_NAMES = ['sources', 'build', 'image', 'running', 'module'] as const;
export type LinkName = (typeof LINK_NAMES)[number];

export interface Link {
  readonly name: LinkName;
  /** `ok`; `behind` the link before it; `broken`; `unknown`; `none`: there is nothing to keep in step. */
  readonly mark: 'ok' | 'behind' | 'broken' | 'unknown' | 'none';
  /** What it is, as `6.1.192-gentoo #3`. */
  readonly identity: string;
  /** When it became what it is, ms; null: not known. */
  readonly at: number | null;
  /** One clause: what is wrong with it, or what it carries. */
  readonly reason: string;
}
