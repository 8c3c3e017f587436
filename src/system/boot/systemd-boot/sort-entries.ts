import { compareVersions } from '../../../model/version-order.ts';
import { fitsGlob } from '../glob.ts';
import type { BootEntry } from './type-entries.ts';

/** An entry with its id. */
export interface NamedEntry extends BootEntry {
  readonly id: string;
}

/**
 * Adds the ids. The id of an entry is its file name; newer versions remove the boot counter from it (`gentoo+3-1.conf`
 * is `gentoo.conf`).
 */
export function withIds(entries: readonly BootEntry[], counters: 'kept' | 'taken out'): NamedEntry[] {
  return entries.map((entry) => ({
    ...entry,
    id:
      counters === 'kept' || entry.tries === null
        ? entry.file
        : entry.file.replace(/\+\d+(?:-\d+)?(\.\w+)$/, '$1'),
  }));
}

/** Sorts in the order of systemd-boot's menu (config_entry_compare() in its boot.c). */
export function sortEntries(entries: readonly NamedEntry[]): NamedEntry[] {
  return entries.toSorted(compareEntries);
}

function compareEntries(a: NamedEntry, b: NamedEntry): number {
  return (
    Number(a.tries?.left === 0) - Number(b.tries?.left === 0) ||
    Number(a.sortKey === null) - Number(b.sortKey === null) ||
    bySortKey(a, b) ||
    -compareVersions(a.id, b.id) ||
    byTries(a, b)
  );
}

function bySortKey(a: NamedEntry, b: NamedEntry): number {
  if (a.sortKey === null || b.sortKey === null) return 0;
  return (
    byText(a.sortKey, b.sortKey) || byText(a.machineId, b.machineId) || -compareVersions(a.version, b.version)
  );
}

function byTries(a: NamedEntry, b: NamedEntry): number {
  if (a.tries === null || b.tries === null) return 0;
  return b.tries.left - a.tries.left || a.tries.done - b.tries.done;
}

function byText(a: string, b: string): number {
  return a === b ? 0 : a < b ? -1 : 1;
}

/** The settings that name an entry: the one-shot variable, the default variable, the configuration. */
export interface Requested {
  readonly oneShot: string | null;
  readonly defaultVariable: string | null;
  readonly defaultConfigured: string | null;
  /** The entry that was booted last, for `@saved`. */
  readonly lastBooted: string | null;
}

export type Selected = {
  readonly id: string;
  readonly by: 'one-shot' | 'default' | 'saved' | 'first';
} | null;

/** The entry that starts when the timeout of the menu ends (config_default_entry_select() in boot.c); null: none. */
export function selectEntry(
  entries: readonly NamedEntry[],
  automatic: readonly string[],
  asked: Requested,
): Selected {
  const ids = [...entries.map(({ id }) => id), ...automatic];
  const find = (pattern: string | null): string | null =>
    pattern === null ? null : (ids.find((id) => fitsGlob(pattern.toLowerCase(), id)) ?? null);
  const named = (pattern: string | null, by: 'one-shot' | 'default'): Selected => {
    const isSaved = by === 'default' && pattern?.toLowerCase() === '@saved';
    const id = find(isSaved ? asked.lastBooted : pattern);
    return id === null ? null : { id, by: isSaved ? 'saved' : by };
  };
  const [first] = entries;
  return (
    named(asked.oneShot, 'one-shot') ??
    named(asked.defaultVariable, 'default') ??
    named(asked.defaultConfigured, 'default') ??
    (first === undefined ? null : { id: first.id, by: 'first' })
  );
}
