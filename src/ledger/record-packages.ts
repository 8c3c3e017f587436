import type { PortageEvent } from '../model/event.ts';
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
  events: readonly PortageEvent[],
  at: number,
): void {
  for (const event of events) recordHook(ledger, event);
  const first =
    statement(ledger.database, "SELECT 1 FROM remembered WHERE key = 'packages'").get() === undefined;
  // Without a readable database every package would seem to be removed.
  if (!snapshot.portage.form.known) return;
  const before = known(ledger);
  for (const installed of snapshot.portage.packages) {
    const last = before.get(installed.cpv);
    before.delete(installed.cpv);
    if (last !== undefined && last.mergedAt === installed.mergedAt && last.counter === counterOf(installed))
      continue;
    remember(ledger, installed);
    // Without the counter (a field changed in place) it is not a merge.
    const merged = last === undefined || last.counter !== counterOf(installed);
    if (merged && !first) recordMerge(ledger, installed, at);
  }
  const unread = new Set(snapshot.troubles.map(({ path }) => path));
  for (const cpv of before.keys()) {
    // Nor would the packages of a category that could not be read be there, or of what there was no time for.
    const places = ['/var/db/pkg', `/var/db/pkg/${cpv.split('/')[0]}`, `/var/db/pkg/${cpv}`];
    if (places.some((path) => unread.has(path))) continue;
    statement(ledger.database, 'DELETE FROM package_now WHERE cpv = ?').run(cpv);
    if (!hasRecent(ledger, cpv, 'removed', at))
      insert(ledger, { at, what: 'removed', cpv, source: 'vdb', counter: null });
  }
  if (first) statement(ledger.database, "INSERT INTO remembered VALUES ('packages', '1')").run();
}

function recordHook(ledger: Ledger, event: PortageEvent): void {
  const cpv = `${event.category}/${event.pf}`;
  const { at } = event;
  if (event.phase === 'postinst') insert(ledger, { at, what: 'merged', cpv, source: 'hook', counter: null });
  if (event.phase === 'postrm' && !isInstalled(ledger, cpv)) return;
  if (event.phase === 'postrm') insert(ledger, { at, what: 'removed', cpv, source: 'hook', counter: null });
  if (event.phase === 'setup' && event.patchChange !== 'none') {
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

/** A merge seen in the database: the one that a hook told of, if that is waiting for its counter. */
function recordMerge(ledger: Ledger, installed: InstalledPackage, at: number): void {
  const counter = counterOf(installed);
  const sql = `SELECT id FROM package_event WHERE cpv = ? AND what = 'merged' AND source = 'hook' AND counter IS NULL
    AND at BETWEEN ? AND ? ORDER BY id DESC`;
  const told = rowOf(
    statement(ledger.database, sql).get(installed.cpv, installed.mergedAt - HOUR, at + HOUR),
  );
  if (told === null) {
    insert(ledger, { at: installed.mergedAt, what: 'merged', cpv: installed.cpv, source: 'vdb', counter });
  } else {
    statement(ledger.database, 'UPDATE package_event SET counter = ? WHERE id = ?').run(
      counter ?? 0,
      numberIn(told, 'id'),
    );
  }
}

const HOUR = 3_600_000;

/** A removal that a hook told of a moment ago is not told again by the database. */
function hasRecent(ledger: Ledger, cpv: string, what: string, at: number): boolean {
  const sql = `SELECT 1 FROM package_event WHERE cpv = ? AND what = ? AND source = 'hook' AND at >= ?`;
  return statement(ledger.database, sql).get(cpv, what, at - HOUR) !== undefined;
}

function isInstalled(ledger: Ledger, cpv: string): boolean {
  return statement(ledger.database, 'SELECT 1 FROM package_now WHERE cpv = ?').get(cpv) !== undefined;
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

function counterOf(installed: InstalledPackage): number | null {
  return installed.counter.known ? installed.counter.value : null;
}
