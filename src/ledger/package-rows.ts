import type { InstalledPackage } from '../model/portage.ts';
import type { Ledger } from './open-ledger.ts';
import { numberIn, rowOf } from './row.ts';
import { statement } from './statements.ts';

/** One event of emerge. */
export interface PackageRow {
  readonly at: number;
  readonly what: 'merged' | 'removed' | 'setup';
  readonly cpv: string;
  readonly source: 'hook' | 'vdb' | 'imported';
  readonly counter?: number | null;
  readonly buildTime?: number | null;
  readonly replaced?: string | null;
}

export function insert(ledger: Ledger, row: PackageRow): void {
  const { at, what, cpv, source, counter = null, buildTime = null, replaced = null } = row;
  const sql = `INSERT INTO package_event (at, what, cpv, source, counter, build_time, replaced)
    VALUES (?, ?, ?, ?, ?, ?, ?)`;
  statement(ledger.database, sql).run(at, what, cpv, source, counter, buildTime, replaced);
}

/** Identifies one merge. */
export interface MergeIdentity {
  readonly cpv: string;
  readonly counter: number;
  readonly buildTime: number | null;
}

/** The record of this merge; null: there is none. An older record has no time of the build. */
export function mergeId(ledger: Ledger, { cpv, counter, buildTime }: MergeIdentity): number | null {
  const sql = `SELECT id FROM package_event WHERE cpv = ? AND what = 'merged' AND counter = ?
    AND (build_time = ? OR build_time IS NULL OR ? IS NULL) ORDER BY id DESC`;
  const row = rowOf(statement(ledger.database, sql).get(cpv, counter, buildTime, buildTime));
  return row === null ? null : numberIn(row, 'id');
}

/** Records the version that the last merge of an installed package has replaced, unless one is already recorded. */
export function setReplaced(ledger: Ledger, installed: InstalledPackage, version: string): void {
  const sql = `UPDATE package_event SET replaced = coalesce(replaced, @version) WHERE id =
    (SELECT max(id) FROM package_event WHERE cpv = @cpv AND what = 'merged')`;
  statement(ledger.database, sql).run({ cpv: installed.cpv, version });
}

/** The longest time from the merge of a package to the end of its pkg_postinst, ms. */
export const HOUR = 3_600_000;
/** In place of a counter: the database will never show this event. Portage's own counters begin with 1. */
export const PASSED = 0;

/** The last event of this kind that a hook has reported and the database has not yet shown; null: none. */
export function waiting(
  ledger: Ledger,
  what: 'merged' | 'removed',
  cpv: string,
  mergedAt: number,
): number | null {
  const sql = `SELECT id FROM package_event WHERE cpv = ? AND what = ? AND source = 'hook' AND counter IS NULL
    AND at >= ? ORDER BY id DESC`;
  const row = rowOf(statement(ledger.database, sql).get(cpv, what, mergedAt - HOUR));
  return row === null ? null : numberIn(row, 'id');
}

/** The events of this package no longer wait for the database; `cpv` null: those of all packages. */
export function waitNoMore(ledger: Ledger, cpv: string | null): void {
  const sql = `UPDATE package_event SET counter = ${PASSED} WHERE source = 'hook' AND counter IS NULL
    AND what <> 'setup' AND ${cpv === null ? '@cpv IS NULL' : 'cpv = @cpv'}`;
  statement(ledger.database, sql).run({ cpv });
}
