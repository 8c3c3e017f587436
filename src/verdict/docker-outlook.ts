import type { DockerFacts } from '../model/docker.ts';
import { sameKernel } from '../model/same-kernel.ts';
import type { Start } from './dockerd/answer.ts';
import { dockerStart, driverOf, type FailingUpgrade, failingUpgrade } from './dockerd/outlook.ts';
import { type DriverRow, driverRows } from './dockerd/table.ts';
import { runningSupport, supportOf } from './kernel-support.ts';
import type { Kernel, Situation } from './situation.ts';

/** What becomes of Docker on this machine, as far as its configuration and its storage go. */
export interface DockerOutlook {
  readonly facts: DockerFacts;
  /** Where it is started now, on the running kernel. */
  readonly start: Start;
  /** Where it is started by the next boot; null: with the same kernel, or it is not known with which. */
  readonly next: { readonly kernel: Kernel; readonly start: Start } | null;
  readonly upgrade: FailingUpgrade | null;
  /** The driver that counts: that of the daemon that answers, else the one that it comes to; null: none is known. */
  readonly driver: string | null;
}

/** null where Docker is not here: then none of its rules count. */
export function dockerOutlook(situation: Situation): DockerOutlook | null {
  const { docker: facts } = situation.snapshot;
  if (!facts.present) return null;
  const support = runningSupport(situation);
  const start = dockerStart(facts, support);
  const { next, running } = situation;
  const isOther = next !== null && sameKernel(next.identity, running.identity) !== 'same';
  return {
    facts,
    start,
    next: isOther ? { kernel: next, start: dockerStart(facts, supportOf(next)) } : null,
    upgrade: failingUpgrade(facts, support),
    driver: facts.used.known ? facts.used.value : driverOf(start),
  };
}

/** The table of all drivers, on the running kernel. */
export function dockerDrivers(situation: Situation): DriverRow[] {
  return driverRows(situation.snapshot.docker, runningSupport(situation));
}
