import type { Outcome, Rehearsed, RehearsedFile } from './rehearsal.ts';
import { isRecord } from './untrusted.ts';

/** Reads a rehearsal from an untrusted JSON value; null: it has another form. */
export function readRehearsed(value: unknown): Rehearsed | null {
  if (!isRecord(value) || !isRecord(value.kernel)) return null;
  const { at, module, kernel } = value;
  const file = readRehearsedFile(value.file);
  const image = readRehearsedFile(kernel.image);
  const outcome = readOutcome(value.outcome);
  const needs = Array.isArray(value.needs) ? value.needs.map(readRehearsedFile) : [null];
  const words = readTexts(kernel.words);
  const { release, utsVersion } = kernel;
  if (typeof at !== 'number' || typeof module !== 'string' || file === null || image === null) return null;
  if (typeof release !== 'string' || typeof utsVersion !== 'string' || words === null) return null;
  const loaded = needs.filter((each) => each !== null);
  if (outcome === null || loaded.length < needs.length) return null;
  return { atMs: at, kernel: { release, utsVersion, image, words }, module, file, needs: loaded, outcome };
}

export function readRehearsedFile(value: unknown): RehearsedFile | null {
  if (!isRecord(value)) return null;
  const { path, size, mtime, hash } = value;
  if (typeof path !== 'string' || typeof hash !== 'string') return null;
  return typeof size === 'number' && typeof mtime === 'number' ? { path, size, mtimeMs: mtime, hash } : null;
}

/** A list of strings; null: it is not one. */
export function readTexts(value: unknown): string[] | null {
  return Array.isArray(value) && value.every((each) => typeof each === 'string') ? value : null;
}

function readOutcome(value: unknown): Outcome | null {
  if (!isRecord(value)) return null;
  const { is, error, why } = value;
  if (is === 'loads') return { is };
  if (is === 'unclear') return typeof why === 'string' ? { is, why } : null;
  const words = readTexts(value.words);
  if ((is !== 'init-failed' && is !== 'refused') || typeof error !== 'string' || words === null) return null;
  return { is, error, words };
}
