import type { Finding } from '../model/finding.ts';
import type { Memory } from '../model/memory.ts';
import type { NotifyPreferences } from '../model/notify-preferences.ts';
import type { PortageFacts } from '../model/portage.ts';
import type { Verdict } from '../model/verdict.ts';

/** The version of the form of status.json. */
export const PUBLISHED_SCHEMA = 1;

/**
 * What the daemon publishes as status.json, for everyone on the machine to read: agents, prompts, dashboards.
 * doc/status.json.md.
 */
export interface Published {
  readonly schema: typeof PUBLISHED_SCHEMA;
  readonly program: string;
  readonly pid: number;
  /** When the daemon last said that it lives, ms. Older than three minutes: it hangs or is gone. */
  readonly heartbeat: number;
  /** When the facts were read, ms; 0: they never were, and nothing is known of findings. */
  readonly takenAt: number;
  /** Is an emerge or a kernel build under way, so that the verdict may be about to change? */
  readonly busy: boolean;
  readonly verdict: Verdict;
  /** The findings with what the ledger knows of them. */
  readonly findings: readonly PublishedFinding[];
  /** What the verdict rests on besides the facts: for those who judge for themselves and may not read the ledger. */
  readonly memory: Memory;
  /** How the configuration wants people to be told. */
  readonly notify: NotifyPreferences;
  /** The form of the database of packages, which the headline speaks of. */
  readonly portage: Pick<PortageFacts, 'form'>;
  /** What shows whether the verdict still holds; null: nothing does. */
  readonly rests: PublishedRests | null;
  /** Why the machine cannot be read now, so that the verdict is of before; null: it can. */
  readonly unread: Unread | null;
}

/** A file system does not answer. */
export interface Unread {
  /** Since when it is known, ms. */
  readonly since: number;
  /** What was asked; null: that cannot be seen. */
  readonly path: string | null;
}

/** Besides the places on the machine, which the file `rests` beside status.json names. */
export interface PublishedRests {
  /** The look that the verdict was made of, by its name in that file. */
  readonly look: string;
  /** The configuration that was in force. */
  readonly settings: Stamped;
  /** The files of the ledger as they were when nobody else had written to it. */
  readonly ledger: readonly Stamped[];
}

/** A place, and a word that is another one when it is not as it was (src/system/rests/stamp.ts). */
export interface Stamped {
  readonly path: string;
  readonly stamp: string;
}

/** Codes are texts here: what is published may come from another version, which has others. */
export interface PublishedFinding extends Omit<Finding, 'code' | 'causedBy'> {
  readonly code: string;
  readonly causedBy: readonly string[];
  /** When it was first found, ms. */
  readonly since: number;
  /** How long it must hold before anyone is told, ms. */
  readonly settle: number;
  /** Until when the user has silenced it, ms; null: not. */
  readonly acknowledgedUntil: number | null;
}
