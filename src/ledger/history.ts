import type { Ledger } from './open-ledger.ts';
import { versionIn } from './packages-now.ts';
import { numberIn, type Row, rowOf, textIn, textOrNull } from './row.ts';
import { statement } from './statements.ts';

export const HISTORY_KINDS = [
  'package',
  'patch',
  'build',
  'image',
  'boot',
  'module',
  'finding',
  'notice',
] as const;
export type HistoryKind = (typeof HISTORY_KINDS)[number];

/** One event. */
export interface HistoryEntry {
  readonly atMs: number;
  readonly kind: HistoryKind;
  /** Tree, image, module, package or finding that it is about. */
  readonly subject: string;
  /** One line for a person. */
  readonly text: string;
  /** Its cause, for a person; null: not known. */
  readonly cause: string | null;
}

export interface HistoryQuery {
  /** ms since the epoch; null: from the beginning. */
  readonly since: number | null;
  readonly kinds: readonly HistoryKind[];
  /** Only what is about this kernel tree; null: all. */
  readonly tree: string | null;
}

/** Yields the events, oldest first, without reading all of them into memory: there can be millions. */
export function* streamHistory(
  ledger: Ledger,
  { since, kinds, tree }: HistoryQuery,
): Generator<HistoryEntry> {
  const streams = kinds.map((kind) => ofKind(ledger, kind, since ?? 0));
  try {
    const heads = streams.map((stream) => stream.next());
    for (;;) {
      // There are only a few kinds, so this search is short.
      let oldest = -1;
      let entry: HistoryEntry | null = null;
      for (const [index, head] of heads.entries()) {
        if (head.done === true || (entry !== null && head.value.atMs >= entry.atMs)) continue;
        oldest = index;
        entry = head.value;
      }
      const stream = streams[oldest];
      if (entry === null || stream === undefined) return;
      heads[oldest] = stream.next();
      if (tree === null || entry.subject === tree) yield entry;
    }
  } finally {
    // The ledger cannot be closed while a statement is being read.
    for (const stream of streams) stream.return(undefined);
  }
}

/** The same as a list, for short queries. */
export function readHistory(ledger: Ledger, query: HistoryQuery): HistoryEntry[] {
  return [...streamHistory(ledger, query)];
}

/** The time is the first column of each source. */
function* ofKind(ledger: Ledger, kind: HistoryKind, since: number): Generator<HistoryEntry, undefined> {
  const { sql, entry } = SOURCES[kind];
  for (const value of statement(ledger.database, `${sql} ORDER BY 1`).iterate({ since })) {
    const row = rowOf(value);
    if (row === null) continue;
    // Field by field: a spread would take as long as to read the row.
    const { atMs: at, subject, text, cause } = entry(row);
    yield { kind, atMs: at, subject, text, cause };
  }
}

interface Source {
  readonly sql: string;
  entry(row: Row): Omit<HistoryEntry, 'kind'>;
}

const PACKAGE_WORDS: Readonly<Record<string, string>> = {
  merged: 'merged',
  removed: 'removed',
  setup: 'changed the patches in the sources',
};

/** An upgrade, a downgrade and a merge of the same version are one event each. */
function packageWords(row: Row, cpv: string): string {
  const what = textIn(row, 'what');
  const replaced = what === 'merged' ? textOrNull(row, 'replaced') : null;
  if (replaced !== null)
    return replaced === versionIn(cpv) ? 'merged again' : `merged in place of ${replaced}`;
  return PACKAGE_WORDS[what] ?? what;
}

const PATCH_WORDS: Readonly<Record<string, string>> = {
  whole: 'carries the AUFS patches',
  partial: 'carries some of the AUFS patches',
  absent: 'does not carry the AUFS patches',
};

/** Files that came, and files that are gone. A file that was replaced by another at its path is not gone. */
function withGone(table: 'image' | 'module_file', columns: string): string {
  return `SELECT at, 'there' AS what, ${columns} FROM ${table} WHERE at >= @since
    UNION ALL SELECT gone_at, 'gone', ${columns} FROM ${table} AS old WHERE gone_at >= @since AND NOT EXISTS
      (SELECT 1 FROM ${table} AS new WHERE new.path = old.path AND new.id > old.id AND new.at <= old.gone_at)`;
}

function goneEntry(row: Row): Omit<HistoryEntry, 'kind'> {
  const path = textIn(row, 'path');
  return { atMs: numberIn(row, 'at'), subject: path, text: `${path} is gone`, cause: null };
}

const SOURCES: Readonly<Record<HistoryKind, Source>> = {
  package: {
    sql: 'SELECT at, what, cpv, source, replaced FROM package_event WHERE at >= @since',
    entry: (row) => {
      const cpv = textIn(row, 'cpv');
      const imported = textIn(row, 'source') === 'imported' ? ' (from emerge.log)' : '';
      const words = packageWords(row, cpv);
      return { atMs: numberIn(row, 'at'), subject: cpv, text: `${cpv} ${words}${imported}`, cause: null };
    },
  },
  patch: {
    sql: `SELECT patch_state.at, tree, state, aufs_version, cpv, what FROM patch_state
      LEFT JOIN package_event ON package_event.id = cause WHERE patch_state.at >= @since`,
    entry: (row) => {
      const tree = textIn(row, 'tree');
      const version = textOrNull(row, 'aufs_version');
      const words = PATCH_WORDS[textIn(row, 'state')] ?? '';
      const cpv = textOrNull(row, 'cpv');
      return {
        atMs: numberIn(row, 'at'),
        subject: tree,
        text: `${tree} ${words}${version === null ? '' : ` (${version})`}`,
        cause: cpv,
      };
    },
  },
  build: {
    sql: `SELECT kernel_build.at, kernel_build.tree, release, uts_version, came_with,
      coalesce(state, carried) AS state FROM kernel_build
      LEFT JOIN patch_state ON patch_state.id = patch_state WHERE kernel_build.at >= @since`,
    entry: (row) => {
      const state = textOrNull(row, 'state');
      const cameWith = textOrNull(row, 'came_with');
      const number = /^#\d+\S*/.exec(textIn(row, 'uts_version'))?.[0] ?? '';
      return {
        atMs: numberIn(row, 'at'),
        subject: textIn(row, 'tree'),
        text: `${cameWith === null ? 'compiled' : `${cameWith} brought`} ${textIn(row, 'release')} ${number}`.trimEnd(),
        cause: state === null ? null : `sources ${SOURCE_WORDS[state] ?? state}`,
      };
    },
  },
  image: {
    sql: withGone('image', 'path, release, uts_version'),
    entry: (row) => {
      if (textIn(row, 'what') === 'gone') return goneEntry(row);
      const number = /^#\d+\S*/.exec(textOrNull(row, 'uts_version') ?? '')?.[0] ?? '';
      const what = `${textOrNull(row, 'release') ?? 'a kernel'} ${number}`.trimEnd();
      const path = textIn(row, 'path');
      return { atMs: numberIn(row, 'at'), subject: path, text: `installed ${what} as ${path}`, cause: null };
    },
  },
  boot: {
    sql: 'SELECT at, release, uts_version, build FROM boot WHERE at >= @since',
    entry: (row) => {
      const number = /^#\d+\S*/.exec(textIn(row, 'uts_version'))?.[0] ?? '';
      const release = textIn(row, 'release');
      const cause = row.build === null ? 'a kernel that was not compiled here' : null;
      return {
        atMs: numberIn(row, 'at'),
        subject: release,
        text: `booted ${release} ${number}`.trimEnd(),
        cause,
      };
    },
  },
  module: {
    sql: withGone('module_file', 'path, version, owner'),
    entry: (row) => {
      if (textIn(row, 'what') === 'gone') return goneEntry(row);
      const path = textIn(row, 'path');
      const version = textOrNull(row, 'version');
      const text = `installed ${path}${version === null ? '' : ` (${version})`}`;
      return { atMs: numberIn(row, 'at'), subject: path, text, cause: textOrNull(row, 'owner') };
    },
  },
  finding: {
    sql: `SELECT finding_change.at, kind, finding_change.severity, finding_change.title, code
      FROM finding_change JOIN finding ON finding.id = finding WHERE finding_change.at >= @since`,
    entry: (row) => {
      const code = textIn(row, 'code');
      const text = `${textIn(row, 'severity')} ${textIn(row, 'kind')}: ${textIn(row, 'title')}`;
      return { atMs: numberIn(row, 'at'), subject: code, text, cause: null };
    },
  },
  notice: {
    sql: 'SELECT at, channel, severity, title FROM notice WHERE at >= @since',
    entry: (row) => {
      const channel = textIn(row, 'channel');
      return {
        atMs: numberIn(row, 'at'),
        subject: channel,
        text: `told by ${channel}: ${textIn(row, 'title')}`,
        cause: null,
      };
    },
  },
};

const SOURCE_WORDS: Readonly<Record<string, string>> = {
  whole: 'with the AUFS patches',
  partial: 'with some of the AUFS patches',
  absent: 'without the AUFS patches',
};
