import type { Database } from 'better-sqlite3';
import { SCHEMA_1, SCHEMA_2, SCHEMA_3, SCHEMA_4, SCHEMA_5 } from './schema.ts';

/** Marks the file as this program's (PRAGMA application_id): "aufs" in ASCII. */
export const APPLICATION_ID = 0x61756673;

/** One step for each schema version; step n leads from version n to n + 1. Never change a step that was released. */
const STEPS: readonly string[] = [SCHEMA_1, SCHEMA_2, SCHEMA_3, SCHEMA_4, SCHEMA_5];

export const SCHEMA_VERSION = STEPS.length;

/** Brings an older or empty file to the present schema, each step in one transaction. */
export function migrate(database: Database, from: number): void {
  for (const [index, step] of STEPS.entries()) {
    if (index < from) continue;
    database.transaction(() => {
      database.exec(step);
      database.pragma(`application_id = ${APPLICATION_ID}`);
      database.pragma(`user_version = ${index + 1}`);
    })();
  }
}
