import type { DockerOutlook } from '../docker-outlook.ts';
import { dockerOutlook } from '../docker-outlook.ts';
import type { Refusal } from '../dockerd/refusal.ts';
import type { Situation } from '../situation.ts';

/** A dockerd that does not start, as the findings in docker-configuration.ts, docker-data.ts and docker-driver.ts need it. */
export interface Refused<Kind extends Refusal['kind']> {
  readonly situation: Situation;
  readonly outlook: DockerOutlook;
  readonly refusal: Extract<Refusal, { kind: Kind }>;
}

/** Returns the refusal if dockerd does not start on the running kernel for this kind of reason, else null. */
export function refused<Kind extends Refusal['kind']>(
  situation: Situation,
  kind: Kind,
): Refused<Kind> | null {
  const outlook = dockerOutlook(situation);
  if (outlook === null || outlook.start.is !== 'refuses') return null;
  const { refusal } = outlook.start;
  return isKind(refusal, kind) ? { situation, outlook, refusal } : null;
}

function isKind<Kind extends Refusal['kind']>(
  refusal: Refusal,
  kind: Kind,
): refusal is Extract<Refusal, { kind: Kind }> {
  return refusal.kind === kind;
}

export function engineOf({ facts: { engine } }: DockerOutlook): string {
  return engine.known ? `Docker ${engine.value}` : 'Docker';
}
