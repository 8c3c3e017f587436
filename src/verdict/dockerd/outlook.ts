import type { DockerFacts } from '../../model/docker.ts';
import { known } from '../../model/fact.ts';
import type { Start } from './answer.ts';
import { compareEngines, type Engine, parseEngine, SERIES } from './engine.ts';
import type { KernelSupport } from './kernel-needs.ts';
import { startOf } from './start.ts';

/** How dockerd starts on a kernel. If the engine's version is unknown: the result that all versions have in common. */
export function dockerStart(docker: DockerFacts, kernel: KernelSupport): Start {
  const engine = docker.engine.known ? parseEngine(docker.engine.value) : null;
  if (engine !== null) return startOf({ engine, docker, kernel });
  const starts = SERIES.flatMap((series) => {
    const each = parseEngine(series);
    return each === null ? [] : [startOf({ engine: each, docker, kernel })];
  });
  const [first] = starts;
  if (first !== undefined && starts.every((start) => sameEnd(start, first))) return first;
  const driver = starts.every((start) => driverOf(start) === driverOf(starts[0])) ? driverOf(first) : null;
  return { is: 'unknown', driver, why: "it depends on the engine's version, which is not known" };
}

function sameEnd(a: Start, b: Start): boolean {
  if (a.is === 'refuses' && b.is === 'refuses') return a.refusal.kind === b.refusal.kind;
  return a.is === b.is && driverOf(a) === driverOf(b);
}

/** The driver or snapshotter of a start, whether it works or not; null: none. */
export function driverOf(start: Start | undefined): string | null {
  if (start === undefined) return null;
  if (start.is !== 'refuses') return start.driver;
  return 'driver' in start.refusal ? start.refusal.driver : null;
}

/** A newer engine that does not start with the present configuration, data and file systems. */
export interface FailingUpgrade {
  /** Such as `24.0.9` if that version is available; else the first version of a series. */
  readonly version: string;
  readonly isOffered: boolean;
  readonly start: Extract<Start, { is: 'refuses' }>;
}

/**
 * The first newer engine that will not start, although the present one starts or may start. Checked are the versions in
 * repositories and binary packages; if there are none, all known series. null: none fails, the present version is not
 * known, or the present engine does not start either.
 */
export function failingUpgrade(docker: DockerFacts, kernel: KernelSupport): FailingUpgrade | null {
  const engine = docker.engine.known ? parseEngine(docker.engine.value) : null;
  if (engine === null || startOf({ engine, docker, kernel }).is === 'refuses') return null;
  const offered = docker.offered.known ? docker.offered.value : [];
  const versions = offered.length > 0 ? offered : SERIES;
  for (const { version, later } of newerThan(engine, versions)) {
    const start = startOf({ engine: later, docker: { ...docker, engine: known(version) }, kernel });
    if (start.is === 'refuses') return { version, isOffered: offered.length > 0, start };
  }
  return null;
}

function newerThan(engine: Engine, versions: readonly string[]): { version: string; later: Engine }[] {
  return versions
    .flatMap((version) => {
      const later = parseEngine(version);
      return later === null || compareEngines(later, engine) <= 0 ? [] : [{ version, later }];
    })
    .sort((a, b) => compareEngines(a.later, b.later));
}
