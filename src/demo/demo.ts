import { type Machine, writeMachine } from './machine.ts';
import { inSync, patchedAgainNotRebuilt } from './scenarios.ts';
import type { VdbForm } from './vdb.ts';

export const SCENARIO_NAMES = ['story', 'in-sync'] as const;
export type ScenarioName = (typeof SCENARIO_NAMES)[number];

export interface Scenario {
  readonly name?: ScenarioName;
  /** The moment that the machine's times are counted from, ms; the present by default. */
  readonly now?: number;
  /** How the installed-package database is kept; `classic` by default. */
  readonly vdb?: VdbForm;
}

/**
 * Lays out a small Gentoo root in an empty or new directory. By default in the state of the story: AUFS emerged
 * again, sources patched again, kernel not rebuilt, the same release everywhere. Throws NotEmptyError.
 */
export function layOutDemo(directory: string, options: Scenario = {}): void {
  const machine = scenario(options.name ?? 'story', options.now ?? Date.now());
  writeMachine(directory, { ...machine, vdb: options.vdb ?? machine.vdb });
}

/** The machine of a scenario, to be changed and written with `writeMachine`. */
export function scenario(name: ScenarioName, now: number): Machine {
  return name === 'story' ? patchedAgainNotRebuilt(now) : inSync(now);
}
