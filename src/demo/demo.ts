import { writeMachine } from './machine.ts';
import { SCENARIOS, type ScenarioName } from './scenarios.ts';
import type { VdbForm } from './vdb.ts';

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
  const machine = SCENARIOS[options.name ?? 'story'](options.now ?? Date.now());
  writeMachine(directory, { ...machine, vdb: options.vdb ?? machine.vdb });
}
