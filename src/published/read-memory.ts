import type { Cause, Memory, SelfReport, TreeMemory } from '../model/memory.ts';
import { readRehearsed } from '../model/read-rehearsed.ts';
import type { Rehearsed } from '../model/rehearsal.ts';
import { isReleaseName } from '../model/release-name.ts';
import { isRecord } from '../model/untrusted.ts';

/** What status.json holds of the past. What of it cannot be read is left out: it only adds to what is seen anew. */
export function readMemory(value: unknown): Memory {
  const memory = isRecord(value) ? value : {};
  return {
    trees: readTrees(memory.trees),
    rehearsals: readAllRehearsed(memory.rehearsals),
    pinned: typeof memory.pinned === 'string' && isReleaseName(memory.pinned) ? memory.pinned : null,
    self: readSelf(memory.self),
  };
}

/** What cannot be read of them is left out. */
function readAllRehearsed(value: unknown): Rehearsed[] {
  return Array.isArray(value) ? value.map(readRehearsed).filter((each) => each !== null) : [];
}

function readTrees(value: unknown): Memory['trees'] {
  if (!isRecord(value)) return {};
  const trees = Object.entries(value).map(([path, tree]): [string, TreeMemory] => [
    path,
    isRecord(tree)
      ? { patchLost: readMoment(tree.patchLost), patchedAt: readMoment(tree.patchedAt) }
      : { patchLost: null, patchedAt: null },
  ]);
  return Object.fromEntries(trees);
}

function readMoment(value: unknown): TreeMemory['patchedAt'] {
  if (!isRecord(value) || typeof value.at !== 'number') return null;
  return { at: value.at, cause: readCause(value.cause) };
}

const CAUSES = ['merged', 'removed', 'setup'] as const;

function readCause(value: unknown): Cause | null {
  if (!isRecord(value) || typeof value.cpv !== 'string' || typeof value.at !== 'number') return null;
  const what = CAUSES.find((known) => known === value.what);
  const replaced = typeof value.replaced === 'string' ? { replaced: value.replaced } : {};
  return what === undefined ? null : { cpv: value.cpv, what, at: value.at, ...replaced };
}

function readSelf(value: unknown): SelfReport[] {
  return Array.isArray(value) ? value.filter(isRecord).flatMap(readReport) : [];
}

function readReport(report: Record<string, unknown>): SelfReport[] {
  const { code, places, limit, at, movedTo, path, detail, missing } = report;
  switch (code) {
    case 'watch-degraded':
      if (typeof places !== 'number' || (limit !== 'watches' && limit !== 'instances')) return [];
      return [{ code, places, limit }];
    case 'ledger-recovered':
      return typeof at === 'number' && typeof movedTo === 'string' ? [{ code, at, movedTo }] : [];
    case 'inbox-stuck':
      return typeof path === 'string' && typeof detail === 'string' ? [{ code, path, detail }] : [];
    case 'hook-unheard':
      return typeof report.cpv === 'string' && typeof at === 'number' ? [{ code, cpv: report.cpv, at }] : [];
    case 'hook-missing':
      if (!Array.isArray(missing) || !missing.every((name) => typeof name === 'string')) return [];
      return [{ code, missing }];
    default:
      return [];
  }
}
