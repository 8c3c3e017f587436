import type { Snapshot } from '../../../src/model/snapshot.ts';
import type { Verdict } from '../../../src/model/verdict.ts';
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
