import { openLedger } from '../../src/ledger/open-ledger.ts';

const YEARS = 5 * 365 * 24 * 3600_000;

/** Makes a ledger with this number of merges, evenly over the last five years. */
export function fillLedger(path: string, events: number): void {
  const opened = openLedger(path);
  if (!opened.ok) throw new Error(`the ledger cannot be made: ${opened.failure}`);
  const { database } = opened.ledger;
  const insert = database.prepare(
    "INSERT INTO package_event (at, what, cpv, source) VALUES (?, 'merged', ?, 'vdb')",
  );
  const first = Date.now() - YEARS;
  database.transaction(() => {
    for (let n = 0; n < events; n++)
      insert.run(first + (n * YEARS) / events, `sys-kernel/gentoo-sources-6.1.${n}`);
  })();
  opened.ledger.close();
}
