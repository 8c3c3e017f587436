import type { HookEvent, PortageEvent } from '../model/event.ts';
import type { InstalledPackage } from '../model/portage.ts';
import type { Snapshot } from '../model/snapshot.ts';
import type { Ledger } from './open-ledger.ts';
import { HOUR, insert, mergeId, PASSED, setReplaced, waiting, waitNoMore } from './package-rows.ts';
import {
  isOtherMerge,
  isSame,
  knownPackages,
  movedFrom,
  orNull,
  slotOf,
  successorOf,
  versionIn,
} from './packages-now.ts';
import { numberIn, rowOf, rowsOf, textIn } from './row.ts';
import { statement } from './statements.ts';

/**
 * Writes down what emerge did: what the hooks told, and what the database of installed packages shows besides. A
 * merge that both tell of is one event, known by COUNTER and BUILD_TIME; so is one that takes the place of another
 * version, or of the same one. A package that was only given another name has not been merged. On the very first look
 * nothing is an event: what was there before is imported from the logs.
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
  const before = knownPackages(ledger);
  const gone = new Map(before);
  for (const { cpv } of snapshot.portage.packages) gone.delete(cpv);
  for (const installed of snapshot.portage.packages) {
    const last = before.get(installed.cpv);
    if (last !== undefined && isSame(last, installed)) continue;
    // Read while another instance took its place: the next look sees it whole.
    if (last !== undefined && last.counter !== null && !installed.counter.known) continue;
    remember(ledger, installed);
    const moved = last === undefined ? movedFrom(installed, gone) : null;
    if (moved !== null) {
      forget(ledger, moved);
      gone.delete(moved);
      continue;
    }
    // Without another counter (a field changed in place) it is not a merge.
    if (first || (last !== undefined && !isOtherMerge(last, installed))) continue;
    // The time of the instance before, where the two were read half and half.
    const mergedAt = last?.mergedAt === installed.mergedAt ? at : installed.mergedAt;
    const replaced = last === undefined ? null : installed.version;
    recordMerge(ledger, { ...installed, mergedAt }, replaced);
  }
  const unread = new Set(snapshot.troubles.map(({ path }) => path));
  for (const [cpv, last] of gone) {
    // Nor would the packages of a category that could not be read be there, or of what there was no time for.
    const places = ['/var/db/pkg', `/var/db/pkg/${cpv.split('/')[0]}`, `/var/db/pkg/${cpv}`];
    if (places.some((path) => unread.has(path))) continue;
    forget(ledger, cpv);
    const successor = successorOf(cpv, last, snapshot.portage.packages);
    if (successor !== null) setReplaced(ledger, successor, versionIn(cpv));
    else if (waiting(ledger, 'removed', cpv, last.mergedAt) === null)
      insert(ledger, { at, what: 'removed', cpv, source: 'vdb' });
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
  /** Is it the one that the database has shown last? */
  readonly isInstalled: boolean;
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
      recordToldMerge(ledger, event, cpv, past);
      break;
    case 'postrm':
      // The merge that takes its place tells of both. The database may have told of a removal already.
      if (event.replacedBy !== undefined || (!first && !isThere(ledger, cpv, past))) break;
      insert(ledger, { at, what: 'removed', cpv, source: 'hook' });
      past.there.set(cpv, isInstalled(ledger, cpv));
      break;
    case 'setup':
      if (event.patchChange !== 'none') insert(ledger, { at, what: 'setup', cpv, source: 'hook' });
  }
}

function recordToldMerge(ledger: Ledger, event: PortageEvent, cpv: string, past: Past): void {
  const { at, counter = null, buildTime = null } = event;
  const seen =
    counter === null ? seenOnlyId(ledger, cpv, at, past) : mergeId(ledger, { cpv, counter, buildTime });
  const replaced = replacedIn(event, cpv);
  if (seen === null) {
    insert(ledger, { at, what: 'merged', cpv, source: 'hook', counter, buildTime, replaced });
    past.there.set(cpv, true);
    return;
  }
  // When its directory was last changed can be long ago (a database that was copied); the hook was there.
  const mergedAt = counter === null ? null : at;
  const sql = `UPDATE package_event SET source = 'hook', at = coalesce(?, at), replaced = coalesce(replaced, ?)
    WHERE id = ?`;
  statement(ledger.database, sql).run(mergedAt, replaced, seen);
  waitNoMore(ledger, cpv);
}

/** The version whose place a merge took, as a hook tells it: its own before any other; null: it came anew. */
function replacedIn({ replacing = [] }: PortageEvent, cpv: string): string | null {
  const own = replacing.find((version) => version === versionIn(cpv));
  return own ?? replacing[0] ?? null;
}

/** A merge seen in the database: the one that a hook told of, if there is one. */
function recordMerge(ledger: Ledger, installed: InstalledPackage, replaced: string | null): void {
  const { cpv, mergedAt } = installed;
  const counter = orNull(installed.counter);
  const buildTime = orNull(installed.buildTime);
  if (counter !== null && mergeId(ledger, { cpv, counter, buildTime }) !== null) return;
  const told = waiting(ledger, 'merged', cpv, mergedAt);
  if (told === null)
    insert(ledger, { at: mergedAt, what: 'merged', cpv, source: 'vdb', counter, buildTime, replaced });
  else {
    const sql = 'UPDATE package_event SET counter = ?, build_time = ?, replaced = ? WHERE id = ?';
    statement(ledger.database, sql).run(counter ?? PASSED, buildTime, replaced, told);
  }
  waitNoMore(ledger, cpv);
}

/**
 * The merge that the database has shown already and of which a hook tells now, without its counter; null: none. Its
 * pkg_postinst runs when the package is in the database, and may take its time. The first such merge that no hook
 * has told of counts for both.
 */
function seenOnlyId(ledger: Ledger, cpv: string, at: number, { seenOnly }: Past): number | null {
  const merges = seenOnly.get(cpv) ?? mergesSeenOnly(ledger, cpv);
  seenOnly.set(cpv, merges);
  const near = merges.findIndex((merge) => merge.at >= at - HOUR);
  // The time of a directory can be of long ago: then it is the one that is installed now.
  const index = near < 0 ? merges.findLastIndex((merge) => merge.isInstalled) : near;
  const [seen] = index < 0 ? [] : merges.splice(index, 1);
  return seen === undefined ? null : seen.id;
}

function mergesSeenOnly(ledger: Ledger, cpv: string): SeenMerge[] {
  const sql = `SELECT id, at, counter = (SELECT counter FROM package_now WHERE package_now.cpv = @cpv) AS installed
    FROM package_event WHERE cpv = @cpv AND what = 'merged' AND source = 'vdb' ORDER BY id`;
  const rows = rowsOf(statement(ledger.database, sql).all({ cpv }));
  return rows.map((row) => ({
    id: numberIn(row, 'id'),
    at: numberIn(row, 'at'),
    isInstalled: row.installed === 1,
  }));
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
  const sql = `INSERT OR REPLACE INTO package_now (cpv, merged_at, counter, build_time, slot)
    VALUES (?, ?, ?, ?, ?)`;
  const { cpv, mergedAt, counter, buildTime } = installed;
  statement(ledger.database, sql).run(cpv, mergedAt, orNull(counter), orNull(buildTime), slotOf(installed));
}

function forget(ledger: Ledger, cpv: string): void {
  statement(ledger.database, 'DELETE FROM package_now WHERE cpv = ?').run(cpv);
}
