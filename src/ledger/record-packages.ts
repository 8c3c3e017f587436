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
 * Records what emerge did: the events of the hooks, and further changes of the package database. A merge in both is one
 * event, identified by COUNTER and BUILD_TIME. A merge that replaces another version, or the same one, is one event too.
 * A package that only got another name was not merged. The first scan gives no events: older ones are imported from the
 * logs.
 */
export function recordPackages(
  ledger: Ledger,
  snapshot: Snapshot,
  events: readonly HookEvent[],
  at: number,
): void {
  const first = isFirst(ledger);
  recordHooks(ledger, events);
  // If the database cannot be read, every package would seem to be removed.
  if (!snapshot.portage.form.known) return;
  const before = knownPackages(ledger);
  const gone = new Map(before);
  for (const { cpv } of snapshot.portage.packages) gone.delete(cpv);
  for (const installed of snapshot.portage.packages) {
    const last = before.get(installed.cpv);
    if (last !== undefined && isSame(last, installed)) continue;
    // Read while it was replaced by another instance: the next scan sees it whole.
    if (last !== undefined && last.counter !== null && !installed.counter.known) continue;
    remember(ledger, installed);
    const moved = last === undefined ? movedFrom(installed, gone) : null;
    if (moved !== null) {
      forget(ledger, moved);
      gone.delete(moved);
      continue;
    }
    // With the same counter (a field was changed in place) it is not a merge.
    if (first || (last !== undefined && !isOtherMerge(last, installed))) continue;
    // The same time as that of the previous instance: a mixture of the two was read.
    const mergedAt = last?.mergedAt === installed.mergedAt ? at : installed.mergedAt;
    const replaced = last === undefined ? null : installed.version;
    recordMerge(ledger, { ...installed, mergedAt }, replaced);
  }
  const unread = new Set(snapshot.problems.map(({ path }) => path));
  for (const [cpv, last] of gone) {
    // Not for packages that could not be read, or for which the scan had no time: they would seem to be removed too.
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

/** Records the events of the hooks. The package database is compared at a later scan. */
export function recordHooks(ledger: Ledger, events: readonly HookEvent[]): void {
  const first = isFirst(ledger);
  const past: Past = { seenOnly: new Map(), there: new Map() };
  for (const event of events) if (event.kind === 'portage') recordHook(ledger, event, first, past);
}

function isFirst(ledger: Ledger): boolean {
  return statement(ledger.database, "SELECT 1 FROM remembered WHERE key = 'packages'").get() === undefined;
}

/**
 * What is on record of packages, updated with each event that is recorded. It is a cache: there is no index for these
 * queries, one package can have thousands of events, and a query for each of them would take quadratic time.
 */
interface Past {
  /** By CPV: merges that are only known from the package database, in the order in which they were seen. */
  readonly seenOnly: Map<string, SeenMerge[]>;
  /** By CPV: is it installed? */
  readonly there: Map<string, boolean>;
}

interface SeenMerge {
  readonly id: number;
  readonly at: number;
  /** Is it the instance that is in the package database now? */
  readonly isInstalled: boolean;
}

/**
 * Records an event of a hook. If the package database does not show it yet, the row waits for that without a counter. Only
 * the last event of a package can be what the database shows next; then no row of the package waits any more.
 */
function recordHook(ledger: Ledger, event: PortageEvent, first: boolean, past: Past): void {
  const cpv = `${event.category}/${event.pf}`;
  const { at } = event;
  switch (event.phase) {
    case 'postinst':
      recordToldMerge(ledger, event, cpv, past);
      break;
    case 'postrm':
      // The event of the merge that replaces it covers both. The removal may be known from the package database already.
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
  // The time from the hook: that of the directory can be old (a database that was copied).
  const mergedAt = counter === null ? null : at;
  const sql = `UPDATE package_event SET source = 'hook', at = coalesce(?, at), replaced = coalesce(replaced, ?)
    WHERE id = ?`;
  statement(ledger.database, sql).run(mergedAt, replaced, seen);
  waitNoMore(ledger, cpv);
}

/** The version that a merge replaced, by the hook: its own before any other; null: it replaced none. */
function replacedIn({ replacing = [] }: PortageEvent, cpv: string): string | null {
  const own = replacing.find((version) => version === versionIn(cpv));
  return own ?? replacing[0] ?? null;
}

/** Records a merge that the package database shows, as the same event as that of a hook, if there is one. */
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
 * For an event of a hook without a counter: the merge that is on record from the package database; null: there is none.
 * The package is in the database before its pkg_postinst, which may take long. The first such merge without an event of a
 * hook is the one.
 */
function seenOnlyId(ledger: Ledger, cpv: string, at: number, { seenOnly }: Past): number | null {
  const merges = seenOnly.get(cpv) ?? mergesSeenOnly(ledger, cpv);
  seenOnly.set(cpv, merges);
  const near = merges.findIndex((merge) => merge.at >= at - HOUR);
  // The time of a directory can be old: then it is the instance that is installed now.
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

/** Was it in the package database at the last scan, or merged since? */
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
