import { type Machine, NotEmptyError, writeMachine } from './machine.ts';
import { patchedAgainNotRebuilt } from './story.ts';
import type { VdbForm } from './vdb.ts';

export interface DemoOptions {
  /** The machine at that time; the story by default. */
  readonly machine?: (now: number) => Machine;
  /** The form of the installed-package database; `classic` by default. */
  readonly vdb?: VdbForm;
}

export type DemoResult = { readonly ok: true } | { readonly ok: false; readonly message: string };

/**
 * Lays out a small Gentoo root in an empty or new directory, with times relative to `now` (ms). By default in the state of
 * the story: AUFS emerged again, sources patched again, kernel not rebuilt, the same release everywhere. If the
 * directory cannot be used, the result is not ok and has the reason.
 */
export function layOutDemo(directory: string, now: number, options: DemoOptions = {}): DemoResult {
  const machine = (options.machine ?? patchedAgainNotRebuilt)(now);
  try {
    writeMachine(directory, { ...machine, vdb: options.vdb ?? machine.vdb });
    return { ok: true };
  } catch (error) {
    if (error instanceof NotEmptyError) return { ok: false, message: error.message };
    if (!(error instanceof Error) || !('syscall' in error)) throw error;
    return { ok: false, message: `cannot lay out a demonstration in ${directory}: ${error.message}` };
  }
}
