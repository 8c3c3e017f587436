import { type DockerFacts, STORAGE_DRIVERS, type StorageDriver } from '../../model/docker.ts';
import { answersOf } from './ability.ts';
import type { Ability } from './answer.ts';
import { deprecatedSince, removedIn } from './drivers.ts';
import { type Engine, parseEngine, SERIES } from './engine.ts';
import type { Ground } from './ground.ts';
import type { KernelSupport } from './kernel-needs.ts';
import { type Lack, lackText } from './refusal.ts';

/** A storage driver on this machine: whether it can be used, and why. */
export interface DriverRow {
  readonly driver: StorageDriver;
  readonly possible: 'yes' | 'no' | 'unknown';
  /** First what it lacks, then what is not known, then its disadvantages. */
  readonly why: readonly string[];
  /** What it lacks, as data. */
  readonly lacks: readonly Lack[];
}

/**
 * One row for each driver, in alphabetical order: whether dockerd could use it, if it were set and no storage-opts were
 * given.
 */
export function driverRows(docker: DockerFacts, kernel: KernelSupport): DriverRow[] {
  return STORAGE_DRIVERS.map((driver) => {
    const answers = answersFor(driver, docker, kernel);
    const lacks = answers.flatMap((answer) => (answer.is === 'cannot' ? [answer.lack] : []));
    const open = answers.flatMap((answer) => (answer.is === 'unknown' ? [answer.why] : []));
    const warns = answers.flatMap((answer) => (answer.is === 'can' && answer.warns ? [answer.warns] : []));
    return {
      driver,
      possible: lacks.length > 0 ? 'no' : open.length > 0 ? 'unknown' : 'yes',
      why: [
        ...new Set([
          ...lacks.map((lack) => lackText(driver, lack)),
          ...open,
          ...warns,
          ...costs(driver, docker),
        ]),
      ],
      lacks,
    };
  });
}

/** If the engine's version is unknown: the answers of all versions, and an unknown one where they differ. */
function answersFor(driver: StorageDriver, docker: DockerFacts, kernel: KernelSupport): Ability[] {
  const engine = docker.engine.known ? parseEngine(docker.engine.value) : null;
  const at = (each: Engine): Ability[] => {
    const ground: Ground = { engine: each, docker, kernel };
    return answersOf(driver, ground, []);
  };
  if (engine !== null) return at(engine);
  const newest = parseEngine(SERIES.at(-1) ?? '') ?? [0, 0, 0];
  const removed = removedIn(driver);
  if (removed === null) return at(newest);
  const before = parseEngine(SERIES[0] ?? '') ?? newest;
  const why = `removed in Engine ${removed}, and the engine's version is not known`;
  return [...at(before), { is: 'unknown', why }];
}

/** Disadvantages of a driver that can be used. */
function costs(driver: StorageDriver, docker: DockerFacts): string[] {
  const since = deprecatedSince(driver);
  const old = since === null ? [] : [`deprecated since Engine ${since}`];
  switch (driver) {
    case 'vfs':
      return ['no copy on write: each layer is a whole copy of the root filesystem'];
    case 'devicemapper':
      if (docker.loopback.known && docker.loopback.value)
        return ['slow here: it works on loop files', ...old];
      return ['slow unless it has its own block device', ...old];
    case 'fuse-overlayfs':
      return ['meant for Docker without root'];
    default:
      return old;
  }
}
