import type { DockerFacts } from '../model/docker.ts';
import { sameKernel } from '../model/same-kernel.ts';
import type { Start } from './dockerd/answer.ts';
import { dockerStart, driverOf, type FailingUpgrade, failingUpgrade } from './dockerd/outlook.ts';
import { type DriverRow, driverRows } from './dockerd/table.ts';
import type { Kernel } from './kernel/kernel.ts';
import { runningSupport, supportOf } from './kernel-support.ts';
import type { Situation } from './situation.ts';

/** How Docker starts on this machine, as far as its configuration and its storage decide it. */
export interface DockerOutlook {
  readonly facts: DockerFacts;
  /** How it would start now, on the running kernel. */
  readonly start: Start;
  /** How it starts after the next boot; null: the kernel stays the same, or is not known. */
  readonly next: { readonly kernel: Kernel; readonly start: Start } | null;
  readonly upgrade: FailingUpgrade | null;
  /** The driver that the running daemon reports, else the predicted one; null: not known. */
  readonly driver: string | null;
}

/** Returns null if Docker is not installed. */
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
