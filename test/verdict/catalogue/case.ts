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
  /** As near to the first as can be, and without the finding. */
  readonly neighbour: Scene;
  /** The facts that would tell are not to be had: nothing is raised, and nothing is called fine. */
  readonly unknown: Scene & {
    /** Where it shows that something is not known; by default a link of the picture is unknown. */
    readonly shows?: (snapshot: Snapshot, verdict: Verdict) => boolean;
  };
}

/** Is the link of this name anything but fine? */
export function notFine(name: string): (snapshot: Snapshot, verdict: Verdict) => boolean {
  return (_, { links }) => links.some((link) => link.name === name && link.mark !== 'ok');
}

/** Is it not known of this module whether the kernel that boots next takes it? */
export function isOpenNext(module: string): (snapshot: Snapshot) => boolean {
  return (snapshot) => {
    const { next } = assess(snapshot, NO_MEMORY);
    return next !== null && loadAnswer(next, module).is === 'unknown';
  };
}
