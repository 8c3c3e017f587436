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

/** Is AUFS wanted on this machine, and by what evidence? */
export interface Wanted {
  readonly answer: 'yes' | 'no';
  /** For a person: "sys-fs/aufs4-0_pre20180312 is installed". */
  readonly because: readonly string[];
  /** Signs of AUFS that do not prove that it is wanted, for a person; empty where the answer is known. */
  readonly hints: readonly string[];
}

/**
 * What boots next: `known` from a boot loader's configuration or the user's; a `guess` where neither can be read; else
 * `unknown`. Every text about a guess says that it is one.
 */
export type NextBoot = KnownBoot | GuessedBoot | UnknownBoot;

export interface KnownBoot extends Started {
  readonly kind: 'known';
  /** What chooses it: `configured` is `boot.next_image` of aufswatch's own configuration. */
  readonly by: 'configured' | LoaderKind;
  /** The loader's entry; null: not known. */
  readonly entry: BootEntryName | null;
}

export interface GuessedBoot extends Started {
  readonly kind: 'guess';
  /** The reason for the guess; GUESSES lists the best first. */
  readonly by: (typeof GUESSES)[number];
  /** Why it is not known, for a person: one clause. */
  readonly why: string;
}

export const GUESSES = ['link', 'only', 'selected-release', 'newest'] as const;

export interface UnknownBoot {
  readonly kind: 'unknown';
  readonly why: string;
  /** The image that would have been guessed, but that the last boot did not start although it existed. */
  readonly refuted: { readonly image: string } | null;
}

/** What is started. */
export interface Started {
  /** Path of the image. */
  readonly image: string;
  readonly commandLine: Fact<string>;
  /** For a guess, the file whose name belongs to the image. */
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
  /** The kernel, tree or module, as `6.1.192-gentoo #3`. */
  readonly identity: string;
  /** When it last changed, ms; null: not known. */
  readonly atMs: number | null;
  /** One clause for a person: its problem, or its state. */
  readonly reason: string;
}
