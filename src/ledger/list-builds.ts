import type { Ledger } from './open-ledger.ts';
import { numberIn, numberOrNull, rowsOf, textIn, textOrNull } from './row.ts';
import { statement } from './statements.ts';

/** One kernel build, its sources, its installation and its boots. Times in ms; null: it did not happen, or is not known. */
export interface BuildRecord {
  readonly release: string;
  readonly utsVersion: string;
  readonly buildId: string | null;
  readonly tree: string;
  /** CPV of the package that contained it compiled; null: it was compiled here. */
  readonly cameWith: string | null;
  readonly atMs: number;
  readonly compiler: string | null;
  /** Patch state of the sources that it was made of. */
  readonly madeOf: string | null;
  readonly installedAtMs: number | null;
  readonly firstBootedAtMs: number | null;
  /** How long it has run in all. */
  readonly ranMs: number;
}

/** Every recorded build, oldest first. */
export function listBuilds(ledger: Ledger): BuildRecord[] {
  const sql = `SELECT kernel_build.*, coalesce(patch_state.state, carried) AS made_of,
      (SELECT min(at) FROM image WHERE build = kernel_build.id) AS installed_at,
      (SELECT min(at) FROM boot WHERE build = kernel_build.id) AS booted_at,
      (SELECT coalesce(sum(last_seen - at), 0.0) FROM boot WHERE build = kernel_build.id) AS ran
    FROM kernel_build LEFT JOIN patch_state ON patch_state.id = kernel_build.patch_state ORDER BY kernel_build.at`;
  return rowsOf(statement(ledger.database, sql).all()).map((row) => ({
    release: textIn(row, 'release'),
    utsVersion: textIn(row, 'uts_version'),
    buildId: textOrNull(row, 'build_id'),
    tree: textIn(row, 'tree'),
    cameWith: textOrNull(row, 'came_with'),
    atMs: numberIn(row, 'at'),
    compiler: textOrNull(row, 'compiler'),
    madeOf: textOrNull(row, 'made_of'),
    installedAtMs: numberOrNull(row, 'installed_at'),
    firstBootedAtMs: numberOrNull(row, 'booted_at'),
    ranMs: numberIn(row, 'ran'),
  }));
}
