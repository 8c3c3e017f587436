import type { LoaderChoice, LoaderFile, LoaderKind } from './boot.ts';
import type { Fact } from './fact.ts';
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
  /** What of AUFS is there and does not tell by itself that it is wanted, for a person; empty where it is known. */
  readonly hints: readonly string[];
}

/**
 * What boots next: `known` where a boot loader's configuration or the user's own says so; a `guess` where neither can be
 * read; else `unknown`. A guess is called one wherever it is spoken of.
 */
export type NextBoot = KnownBoot | GuessedBoot | UnknownBoot;

export interface KnownBoot extends Started {
  readonly kind: 'known';
  /** Who chooses: `configured` is `boot.next_image` of aufswatch's own configuration. */
  readonly by: 'configured' | LoaderKind;
  /** The entry of the loader; null: none is known of. */
  readonly entry: BootEntryName | null;
}

export interface GuessedBoot extends Started {
  readonly kind: 'guess';
  /** What it was guessed by, the best first. */
  readonly by: (typeof GUESSES)[number];
  /** Why it is not known, for a person: one clause. */
  readonly why: string;
}

export const GUESSES = ['link', 'only', 'selected-release', 'newest'] as const;

export interface UnknownBoot {
  readonly kind: 'unknown';
  readonly why: string;
  /** The image that would have been guessed, and that the last boot did not start though it was there. */
  readonly refuted: { readonly image: string } | null;
}

/** What is started. */
export interface Started {
  /** Path of the image. */
  readonly image: string;
  readonly commandLine: Fact<string>;
  /** Of a guess, the file that belongs to the image by its name. */
  readonly initrds: readonly LoaderFile[];
}

export interface BootEntryName {
  readonly id: string;
  readonly title: string;
  /** The loader's configuration. */
  readonly config: string;
  readonly by: LoaderChoice['by'];
}

export const LINK_NAMES = ['sources', 'build', 'image', 'running', 'module'] as const;
export type LinkName = (typeof LINK_NAMES)[number];

export const LINK_MARKS = ['ok', 'behind', 'broken', 'unknown', 'none'] as const;

export interface Link {
  readonly name: LinkName;
  /** `ok`; `behind` the link before it; `broken`; `unknown`; `none`: there is nothing to keep in step. */
  readonly mark: (typeof LINK_MARKS)[number];
  /** What it is, as `6.1.192-gentoo #3`. */
  readonly identity: string;
  /** When it became what it is, ms; null: not known. */
  readonly at: number | null;
  /** One clause: what is wrong with it, or what it carries. */
  readonly reason: string;
}
