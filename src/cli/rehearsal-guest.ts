import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { NO_GUEST } from '../rehearsal/rehearse.ts';
import { whatIsMissing } from '../rehearsal/run-guest.ts';
import { findPackage } from '../setup/shipped.ts';

/** The guest program, which is compiled when aufswatch is built; null: this build left it out. */
export function guestProgram(): Buffer | null {
  const path = guestPath();
  return path === null ? null : readFileSync(path);
}

/** Why no rehearsal is possible here, and what to do; null: it is possible. */
export function whyNoRehearsal(path: string): string | null {
  return guestPath() === null ? NO_GUEST : whatIsMissing(path, process.arch);
}

function guestPath(): string | null {
  const directory = findPackage();
  const path = directory === null ? null : join(directory, 'dist/rehearsal-init');
  return path !== null && existsSync(path) ? path : null;
}
