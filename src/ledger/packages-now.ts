import type { Fact } from '../model/fact.ts';
import type { InstalledPackage } from '../model/portage.ts';
import type { Ledger } from './open-ledger.ts';
import { numberIn, numberOrNull, rowsOf, textIn, textOrNull } from './row.ts';
import { statement } from './statements.ts';

/** A package at the last scan. null: it could not be read, or an older version did not record it. */
export interface KnownPackage {
  readonly mergedAt: number;
  readonly counter: number | null;
  readonly buildTime: number | null;
  /** Without the sub-slot. */
  readonly slot: string | null;
}

/** The packages installed at the last scan, by CPV. */
export function knownPackages(ledger: Ledger): Map<string, KnownPackage> {
  const sql = 'SELECT cpv, merged_at, counter, build_time, slot FROM package_now';
  return new Map(
    rowsOf(statement(ledger.database, sql).all()).map((row) => [
      textIn(row, 'cpv'),
      {
        mergedAt: numberIn(row, 'merged_at'),
        counter: numberOrNull(row, 'counter'),
        buildTime: numberOrNull(row, 'build_time'),
        slot: textOrNull(row, 'slot'),
      },
    ]),
  );
}

/** Has nothing changed since? */
export function isSame(last: KnownPackage, installed: InstalledPackage): boolean {
  return (
    last.mergedAt === installed.mergedAt &&
    last.counter === orNull(installed.counter) &&
    last.buildTime === orNull(installed.buildTime) &&
    last.slot === slotOf(installed)
  );
}

/** Portage counts its merges. A database restored from a backup uses the same numbers again, so the time of the build counts too. */
export function isOtherMerge(last: KnownPackage, { counter, buildTime }: InstalledPackage): boolean {
  if (last.counter !== orNull(counter)) return true;
  return last.buildTime !== null && buildTime.known && last.buildTime !== buildTime.value;
}

/**
 * The name that a package had before a package move, `emaint --fix moveinst`, which keeps COUNTER and BUILD_TIME; null:
 * it was not moved. `gone`: packages that are no longer there under their names.
 */
export function movedFrom(
  installed: InstalledPackage,
  gone: ReadonlyMap<string, KnownPackage>,
): string | null {
  if (!installed.counter.known) return null;
  for (const [cpv, last] of gone) if (!isOtherMerge(last, installed)) return cpv;
  return null;
}

/**
 * The package that replaced one that is gone: the same name and slot (PMS 13, "replaced"), merged after it; null: there
 * is none, so it was removed.
 */
export function successorOf(
  cpv: string,
  { counter, slot }: KnownPackage,
  packages: readonly InstalledPackage[],
): InstalledPackage | null {
  const successor = packages.find(
    (installed) =>
      cpv === `${installed.category}/${installed.name}-${versionIn(cpv)}` &&
      slot !== null &&
      slotOf(installed) === slot &&
      counter !== null &&
      installed.counter.known &&
      installed.counter.value > counter,
  );
  return successor ?? null;
}

/** Version with revision of a CPV. */
export function versionIn(cpv: string): string {
  return /-(\d[^-]*(?:-r\d+)?)$/.exec(cpv)?.[1] ?? '';
}

/** The slot without the sub-slot. */
export function slotOf({ slot }: Pick<InstalledPackage, 'slot'>): string | null {
  return slot.known ? (slot.value.split('/')[0] ?? '') : null;
}

export function orNull<T>(fact: Fact<T>): T | null {
  return fact.known ? fact.value : null;
}
