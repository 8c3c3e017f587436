import type { Database, Statement } from 'better-sqlite3';

const prepared = new WeakMap<Database, Map<string, Statement>>();

/** A statement of a database, prepared once. */
export function statement(database: Database, sql: string): Statement {
  let known = prepared.get(database);
  if (known === undefined) {
    known = new Map();
    prepared.set(database, known);
  }
  let ready = known.get(sql);
  if (ready === undefined) {
    ready = database.prepare(sql);
    known.set(sql, ready);
  }
  return ready;
}
