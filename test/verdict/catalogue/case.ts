import { NO_MEMORY } from '../../../src/model/memory.ts';
import type { Snapshot } from '../../../src/model/snapshot.ts';
import type { Verdict } from '../../../src/model/verdict.ts';
import { loadAnswer } from '../../../src/verdict/load-answer.ts';
import { assess } from '../../../src/verdict/situation.ts';
import type { Scene } from '../../support/machines.ts';

/** One entry of the catalogue on three machines. */
export interface Case {
  readonly code: string;
  readonly raised: Scene;
  /** As similar to the first as possible, but without the finding. */
  readonly neighbour: Scene;
  /** The facts that decide are not known: nothing is raised, and nothing counts as fine. */
  readonly unknown: Scene & {
    /** Whether the result shows that something is not known; by default: a link is unknown. */
    readonly shows?: (snapshot: Snapshot, verdict: Verdict) => boolean;
  };
}

/** True if the link with this name is not fine. */
export function notFine(name: string): (snapshot: Snapshot, verdict: Verdict) => boolean {
  return (_, { links }) => links.some((link) => link.name === name && link.mark !== 'ok');
}

/** True if it is not known whether the next kernel loads this module. */
export function isOpenNext(module: string): (snapshot: Snapshot) => boolean {
  return (snapshot) => {
    const { next } = assess(snapshot, NO_MEMORY);
    return next !== null && loadAnswer(next, module).is === 'unknown';
  };
}
