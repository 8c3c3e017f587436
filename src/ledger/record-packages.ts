import type { HookEvent, PortageEvent } from '../model/event.ts';
import type { InstalledPackage } from '../model/portage.ts';
import type { Snapshot } from '../model/snapshot.ts';
import type { Ledger } from './open-ledger.ts';
import { numberIn, numberOrNull, rowOf, rowsOf, textIn } from './row.ts';
import { statement } from './statements.ts';

/**
 * Writes down what emerge did: what the hooks told, and what the database of installed packages shows besides. A
 * merge that both tell of is one event. On the very first look nothing is an event: what was there before is
 * imported from the logs.
 */
export function recordPackages(
  ledger: Ledger,
  snapshot: Snapshot,
  events: readonly HookEvent[],
  at: number,
): void {
  const first = isFirst(ledger);
  recordHooks(ledger, events);
  // Without a readable database every package would seem to be removed.
  if (!snapshot.portage.form.known) return;
  const before = known(ledger);
  for (const installed of snapshot.portage.packages) {
    const last = before.get(installed.cpv);
    before.delete(installed.cpv);
    if (last !== undefined && last.mergedAt === installed.mergedAt && last.counter === counterOf(installed))
      continue;
    // Read while another instance took its place: the next look sees it whole.
    if (last !== undefined && last.counter !== null && counterOf(installed) === null) continue;
    remember(ledger, installed);
    // Without the counter (a field changed in place) it is not a merge.
    const merged = last === undefined || last.counter !== counterOf(installed);
    // The time of the instance before, where the two were read half and half.
    const mergedAt = last?.mergedAt === installed.mergedAt ? at : installed.mergedAt;
    if (merged && !first) recordMerge(ledger, { ...installed, mergedAt });
  }
  const unread = new Set(snapshot.troubles.map(({ path }) => path));
  for (const [cpv, { mergedAt }] of before) {
    // Nor would the packages of a category that could not be read be there, or of what there was no time for.
    const places = ['/var/db/pkg', `/var/db/pkg/${cpv.split('/')[0]}`, `/var/db/pkg/${cpv}`];
    if (places.some((path) => unread.has(path))) continue;
    statement(ledger.database, 'DELETE FROM package_now WHERE cpv = ?').run(cpv);
    if (waiting(ledger, 'removed', cpv, mergedAt) === null)
      insert(ledger, { at, what: 'removed', cpv, source: 'vdb', counter: null });
    waitNoMore(ledger, cpv);
  }
  if (!first) return;
  waitNoMore(ledger, null);
  statement(ledger.database, "INSERT INTO remembered VALUES ('packages', '1')").run();
}

/** Writes down what the hooks told, and leaves the database of installed packages to a later look. */
export function recordHooks(ledger: Ledger, events: readonly HookEvent[]): void {
  const first = isFirst(ledger);
  const past: Past = { seenOnly: new Map(), there: new Map() };
  for (const event of events) if (event.kind === 'portage') recordHook(ledger, event, first, past);
}

function isFirst(ledger: Ledger): boolean {
  return statement(ledger.database, "SELECT 1 FROM remembered WHERE key = 'packages'").get() === undefined;
}

/**
 * What is on record of packages, and kept up with what is recorded now. No index leads to it past the events that
 * hooks told of, and thousands can be of one package: asked for each of them, it would take the square of that.
 */
interface Past {
  /** By CPV: merges that only the database has shown, in the order in which they were seen. */
  readonly seenOnly: Map<string, SeenMerge[]>;
  /** By CPV: is it there? */
  readonly there: Map<string, boolean>;
}

interface SeenMerge {
  readonly id: number;
  readonly at: number;
}

/**
 * What a hook tells, and the database has not shown yet, waits for it without a counter. Only its last event can be
 * what the database shows next: with that, nothing of the package waits any more.
 */
function recordHook(ledger: Ledger, event: PortageEvent, first: boolean, past: Past): void {
  const cpv = `${event.category}/${event.pf}`;
  const { at } = event;
  switch (event.phase) {
    case 'postinst':
      if (isSeenOnly(ledger, cpv, at, past)) waitNoMore(ledger, cpv);
      else {
        insert(ledger, { at, what: 'merged', cpv, source: 'hook', counter: null });
        past.there.set(cpv, true);
      }
      break;
    case 'postrm':
      // The database may have told of it already.
      if (!first && !isThere(ledger, cpv, past)) break;
      insert(ledger, { at, what: 'removed', cpv, source: 'hook', counter: null });
      past.there.set(cpv, isInstalled(ledger, cpv));
      break;
    case 'setup':
      if (event.patchChange !== 'none')
        insert(ledger, { at, what: 'setup', cpv, source: 'hook', counter: null });
  }
}

interface PackageRow {
  readonly at: number;
  readonly what: 'merged' | 'removed' | 'setup';
  readonly cpv: string;
  readonly source: 'hook' | 'vdb' | 'imported';
  readonly counter: number | null;
}

function insert(ledger: Ledger, { at, what, cpv, source, counter }: PackageRow): void {
  const sql = 'INSERT INTO package_event (at, what, cpv, source, counter) VALUES (?, ?, ?, ?, ?)';
  statement(ledger.database, sql).run(at, what, cpv, source, counter);
}

/** A merge seen in the database: the one that a hook told of, if that is waiting for it. */
function recordMerge(ledger: Ledger, { cpv, mergedAt, ...installed }: InstalledPackage): void {
  const counter = counterOf(installed);
  const told = waiting(ledger, 'merged', cpv, mergedAt);
  if (told === null) insert(ledger, { at: mergedAt, what: 'merged', cpv, source: 'vdb', counter });
  else
    statement(ledger.database, 'UPDATE package_event SET counter = ? WHERE id = ?').run(
      counter ?? PASSED,
      told,
    );
  waitNoMore(ledger, cpv);
}

/** Between the merge of a package and the end of its pkg_postinst lies at most this, ms. */
const HOUR = 3_600_000;
/** In place of a counter: nothing that the database shows is this event. Portage's own begin with 1. */
const PASSED = 0;

/** The last event of this kind that a hook told of and the database has not shown; null: none. */
function waiting(ledger: Ledger, what: 'merged' | 'removed', cpv: string, mergedAt: number): number | null {
  const sql = `SELECT id FROM package_event WHERE cpv = ? AND what = ? AND source = 'hook' AND counter IS NULL
    AND at >= ? ORDER BY id DESC`;
  const row = rowOf(statement(ledger.database, sql).get(cpv, what, mergedAt - HOUR));
  return row === null ? null : numberIn(row, 'id');
}

/** Nothing of this package, or of any, waits for the database any more. */
function waitNoMore(ledger: Ledger, cpv: string | null): void {
  const sql = `UPDATE package_event SET counter = ${PASSED} WHERE source = 'hook' AND counter IS NULL
    AND what <> 'setup' AND ${cpv === null ? '@cpv IS NULL' : 'cpv = @cpv'}`;
  statement(ledger.database, sql).run({ cpv });
}

/**
 * Has the database shown the merge already that a hook tells of now? Its pkg_postinst runs when the package is in
 * the database, and may take its time. The first such merge that no hook has told of counts for both.
 */
function isSeenOnly(ledger: Ledger, cpv: string, at: number, { seenOnly }: Past): boolean {
  const merges = seenOnly.get(cpv) ?? mergesSeenOnly(ledger, cpv);
  seenOnly.set(cpv, merges);
  const index = merges.findIndex((merge) => merge.at >= at - HOUR);
  const [seen] = index < 0 ? [] : merges.splice(index, 1);
  if (seen === undefined) return false;
  statement(ledger.database, "UPDATE package_event SET source = 'hook' WHERE id = ?").run(seen.id);
  return true;
}

function mergesSeenOnly(ledger: Ledger, cpv: string): SeenMerge[] {
  const sql =
    "SELECT id, at FROM package_event WHERE cpv = ? AND what = 'merged' AND source = 'vdb' ORDER BY id";
  const rows = rowsOf(statement(ledger.database, sql).all(cpv));
  return rows.map((row) => ({ id: numberIn(row, 'id'), at: numberIn(row, 'at') }));
}

/** Was it in the database at the last look, or merged since? */
function isThere(ledger: Ledger, cpv: string, { there }: Past): boolean {
  const known = there.get(cpv) ?? (isInstalled(ledger, cpv) || isMergedLast(ledger, cpv));
  there.set(cpv, known);
  return known;
}

function isInstalled(ledger: Ledger, cpv: string): boolean {
  return statement(ledger.database, 'SELECT 1 FROM package_now WHERE cpv = ?').get(cpv) !== undefined;
}

function isMergedLast(ledger: Ledger, cpv: string): boolean {
  const sql = `SELECT what FROM package_event WHERE cpv = ? AND what <> 'setup' ORDER BY id DESC LIMIT 1`;
  const last = rowOf(statement(ledger.database, sql).get(cpv));
  return last !== null && textIn(last, 'what') === 'merged';
}

function remember(ledger: Ledger, installed: InstalledPackage): void {
  const sql = 'INSERT OR REPLACE INTO package_now (cpv, merged_at, counter) VALUES (?, ?, ?)';
  statement(ledger.database, sql).run(installed.cpv, installed.mergedAt, counterOf(installed));
}

function known(ledger: Ledger): Map<string, { mergedAt: number; counter: number | null }> {
  const rows = rowsOf(statement(ledger.database, 'SELECT cpv, merged_at, counter FROM package_now').all());
  return new Map(
    rows.map((row) => [
      textIn(row, 'cpv'),
      { mergedAt: numberIn(row, 'merged_at'), counter: numberOrNull(row, 'counter') },
    ]),
  );
}

function counterOf(installed: Pick<InstalledPackage, 'counter'>): number | null {
  return installed.counter.known ? installed.counter.value : null;
}
