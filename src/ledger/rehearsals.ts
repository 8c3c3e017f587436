import { readRehearsed } from '../model/read-rehearsed.ts';
import type { Outcome, Rehearsed, RehearsedFile } from '../model/rehearsal.ts';
import type { LedgerFailure } from './failure.ts';
import type { Ledger } from './open-ledger.ts';
import { numberIn, type Row, rowsOf, textIn } from './row.ts';
import { statement } from './statements.ts';
import { transact } from './transact.ts';

/** More than the modules of all kernels of a machine; the oldest rows are removed. */
const KEPT = 500;
/** How much of the kernel's messages is kept: enough to recognise them. */
const LINES_MAX = 6;
const LINE_MAX = 300;

/** Records what was seen; of a module on a kernel with the same words only the last counts. Returns what failed. */
export function recordRehearsals(ledger: Ledger, rehearsed: readonly Rehearsed[]): LedgerFailure | null {
  const done = transact(ledger, () => {
    for (const each of rehearsed) insert(ledger, each);
    const old =
      'DELETE FROM rehearsal WHERE id NOT IN (SELECT id FROM rehearsal ORDER BY at DESC, id DESC LIMIT ?)';
    statement(ledger.database, old).run(KEPT);
  });
  return done.ok ? null : done.failure;
}

function insert(ledger: Ledger, { atMs: at, kernel, module, file, needs, outcome }: Rehearsed): void {
  const sql = `INSERT OR REPLACE INTO rehearsal
    (at, release, uts_version, image, words, module, path, file, needs, outcome, error, said)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`;
  const { error, said } = columnsOf(outcome);
  statement(ledger.database, sql).run(
    at,
    kernel.release,
    kernel.utsVersion,
    fileText(kernel.image),
    JSON.stringify(kernel.words),
    module,
    file.path,
    fileText(file),
    `[${needs.map(fileText).join()}]`,
    outcome.is,
    error,
    JSON.stringify(said.slice(0, LINES_MAX).map((line) => line.slice(0, LINE_MAX))),
  );
}

/** The ledger has always called the time `mtime`. */
function fileText({ path, size, mtimeMs, hash }: RehearsedFile): string {
  return JSON.stringify({ path, size, mtime: mtimeMs, hash });
}

function columnsOf(outcome: Outcome): { readonly error: string; readonly said: readonly string[] } {
  switch (outcome.is) {
    case 'loads':
      return { error: '', said: [] };
    case 'unclear':
      return { error: outcome.why, said: [] };
    default:
      return { error: outcome.error, said: outcome.words };
  }
}

/** All results, the newest first. */
export function readRehearsals(ledger: Ledger): Rehearsed[] {
  const sql = 'SELECT * FROM rehearsal ORDER BY at DESC, id DESC';
  return rowsOf(statement(ledger.database, sql).all()).flatMap((row) => {
    const rehearsed = readRehearsed(recordedIn(row));
    return rehearsed === null ? [] : [rehearsed];
  });
}

function recordedIn(row: Row): unknown {
  const [is, error] = [textIn(row, 'outcome'), textIn(row, 'error')];
  return {
    at: numberIn(row, 'at'),
    kernel: {
      release: textIn(row, 'release'),
      utsVersion: textIn(row, 'uts_version'),
      image: jsonIn(row, 'image'),
      words: jsonIn(row, 'words'),
    },
    module: textIn(row, 'module'),
    file: jsonIn(row, 'file'),
    needs: jsonIn(row, 'needs'),
    outcome: { is, error, why: error, words: jsonIn(row, 'said') },
  };
}

function jsonIn(row: Row, column: string): unknown {
  try {
    return JSON.parse(textIn(row, column));
  } catch {
    return null;
  }
}
