import type { HookEvent } from '../model/event.ts';
import type { Ledger } from './open-ledger.ts';
import { numberOrNull, rowOf } from './row.ts';
import { statement } from './statements.ts';

/** A merge or removal as emerge.log has it. */
export interface LoggedEvent {
  readonly at: number;
  readonly what: 'merged' | 'removed';
  readonly cpv: string;
}

const BATCH = 1000;

/** Has the log of this machine been imported already? */
export function isImported(ledger: Ledger): boolean {
  return statement(ledger.database, "SELECT 1 FROM remembered WHERE key = 'imported'").get() !== undefined;
}

/**
 * Imports the events of the logs from before the first start, once. It works in batches, and the event loop runs between
 * them. If it is interrupted, the next start begins again.
 */
export async function importLog(
  ledger: Ledger,
  events: readonly LoggedEvent[],
  progress: (done: number, all: number) => void,
): Promise<void> {
  if (isImported(ledger)) return;
  statement(ledger.database, "DELETE FROM package_event WHERE source = 'imported'").run();
  const older = beforeOwn(ledger, events);
  const insert = statement(
    ledger.database,
    "INSERT INTO package_event (at, what, cpv, source) VALUES (?, ?, ?, 'imported')",
  );
  for (let done = 0; done < older.length; done += BATCH) {
    ledger.database.transaction(() => {
      for (const { at, what, cpv } of older.slice(done, done + BATCH)) insert.run(at, what, cpv);
    })();
    progress(Math.min(done + BATCH, older.length), older.length);
    await new Promise((resolve) => setImmediate(resolve));
  }
  statement(ledger.database, "INSERT INTO remembered VALUES ('imported', '1')").run();
}

/** The events before the first one of the ledger: it can have recorded some itself if the import failed at the first start. */
function beforeOwn(ledger: Ledger, events: readonly LoggedEvent[]): readonly LoggedEvent[] {
  const own = rowOf(statement(ledger.database, 'SELECT min(at) AS at FROM package_event').get());
  const first = own === null ? null : numberOrNull(own, 'at');
  return first === null ? events : events.filter(({ at }) => at < first);
}

/**
 * The events of the log that the hooks did not report. The hooks can have been in place for weeks before the first start.
 * Their events are in the inbox, and complete for a package from its first one on.
 */
export function beforeHooks(
  logged: readonly LoggedEvent[],
  told: readonly HookEvent[],
): readonly LoggedEvent[] {
  const since = new Map<string, number>();
  for (const event of told) {
    if (event.kind !== 'portage' || event.root !== '/') continue;
    const cpv = `${event.category}/${event.pf}`;
    since.set(cpv, Math.min(event.at, since.get(cpv) ?? event.at));
  }
  return logged.filter(({ at, cpv }) => at < (since.get(cpv) ?? Number.POSITIVE_INFINITY));
}
