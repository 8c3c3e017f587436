/** One side of a diff, from a `---` or `+++` line. */
export interface HeaderName {
  /** Path without its first part, as in `patch -p1`; null: none, or not allowed. */
  readonly path: string | null;
  /** The side does not exist: `/dev/null`, or time 0 as `diff -N` writes it. */
  readonly absent: boolean;
}

const HOUR = 60 * 60 * 1000;

/**
 * Parses the text after `--- ` or `+++ ` by GNU patch's rules: a name ends at a blank, unless a later TAB in the line
 * separates the name from the time. Quoted names are not supported.
 */
export function parseHeaderName(text: string): HeaderName {
  const trimmed = text.trimStart();
  const end = nameEnd(trimmed);
  const name = trimmed.slice(0, end);
  if (name === '/dev/null') return { path: null, absent: true };
  const path = stripFirstPart(name);
  return { path, absent: path !== null && isEpoch(trimmed.slice(end)) };
}

/** Both names of a `diff --git` line, old and new; null: not exactly two. */
export function parseGitNames(text: string): readonly [string | null, string | null] | null {
  const [first, second, ...more] = text.trim().split(/\s+/);
  if (first === undefined || second === undefined || more.length > 0) return null;
  return [stripFirstPart(first), stripFirstPart(second)];
}

function nameEnd(text: string): number {
  const tab = text.indexOf('\t');
  if (tab < 0) {
    const blank = text.search(/\s/);
    return blank < 0 ? text.length : blank;
  }
  return text.slice(0, tab).trimEnd().length;
}

/** null also for a name that leads out of the tree: patch refuses those. */
function stripFirstPart(name: string): string | null {
  const slash = name.indexOf('/');
  if (slash < 0 || name.startsWith('"')) return null;
  const path = name.slice(slash).replace(/^\/+/, '');
  return path === '' || path.split('/').includes('..') ? null : path;
}

/** Time 0 of some time zone: the time in a header is a local one. */
function isEpoch(text: string): boolean {
  // Date.parse accepts many texts as a date. A time of 1969 or 1970 contains its year.
  if (!/\b(?:1969|1970)\b/.test(text)) return false;
  const time = Date.parse(text.trim().replace(/\.\d+/, ''));
  return time > -25 * HOUR && time < 26 * HOUR;
}
