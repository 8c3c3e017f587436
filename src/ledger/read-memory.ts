import type { Cause, Memory, SelfReport, TreeMemory } from '../model/memory.ts';
import type { Ledger } from './open-ledger.ts';
import { readPin } from './pin.ts';
import { readRehearsals } from './rehearsals.ts';
import { numberIn, numberOrNull, type Row, rowsOf, textIn, textOrNull } from './row.ts';
import { statement } from './statements.ts';

/**
 * What the verdict needs from the past: for each tree when it was last patched and when it lost the patch, and the results
 * of rehearsals.
 */
export function readMemory(ledger: Ledger, self: readonly SelfReport[]): Memory {
  const trees = rowsOf(statement(ledger.database, 'SELECT DISTINCT tree FROM patch_state').all());
  return {
    trees: Object.fromEntries(
      trees.map((row) => [textIn(row, 'tree'), treeMemory(ledger, textIn(row, 'tree'))]),
    ),
    rehearsals: readRehearsals(ledger),
    pinned: readPin(ledger),
    self,
  };
}

function treeMemory(ledger: Ledger, tree: string): TreeMemory {
  const sql = `SELECT patch_state.at, state, cpv, what, replaced, package_event.at AS cause_at
    FROM patch_state LEFT JOIN package_event ON package_event.id = cause
    WHERE tree = ? ORDER BY patch_state.id DESC LIMIT 50`;
  const states = rowsOf(statement(ledger.database, sql).all(tree));
  const [last] = states;
  if (last === undefined) return { patchLost: null, patchChanged: null };
  const now = { atMs: numberIn(last, 'at'), cause: causeIn(last) };
  if (textIn(last, 'state') !== 'absent') {
    const wasWhole = textIn(last, 'state') === 'partial' && states.slice(1).some(isWhole);
    return { patchLost: wasWhole ? now : null, patchChanged: now };
  }
  return { patchLost: states.slice(1).some(isWhole) ? now : null, patchChanged: null };
}

function isWhole(row: Row): boolean {
  return textIn(row, 'state') === 'whole';
}

function causeIn(row: Row): Cause | null {
  const at = numberOrNull(row, 'cause_at');
  if (at === null) return null;
  const what = CAUSES.find((known) => known === row.what) ?? 'merged';
  const replaced = textOrNull(row, 'replaced');
  return { cpv: textIn(row, 'cpv'), what, atMs: at, ...(replaced === null ? {} : { replaced }) };
}

const CAUSES = ['merged', 'removed', 'setup'] as const;
