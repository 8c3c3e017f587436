/** What a `---` or `+++` line says of one side of a diff. */
export interface HeaderName {
  /** Path with its first part taken off, as `patch -p1` does; null: none that may be used. */
  readonly path: string | null;
  /** The side does not exist: `/dev/null`, or the time 0 that `diff -N` writes. */
  readonly absent: boolean;
}

const HOUR = 60 * 60 * 1000;

/**
 * Parses the text after `--- ` or `+++ ` by GNU patch's rules: a name ends at a blank, unless a TAB comes later
 * in the line and so separates the name from the time. Names in quotes are not taken.
 */
export function parseHeaderName(text: string): HeaderName {
  const trimmed = text.trimStart();
  const end = nameEnd(trimmed);
  const name = trimmed.slice(0, end);
  if (name === '/dev/null') return { path: null, absent: true };
  const path = stripFirstPart(name);
  return { path, absent: path !== null && isEpoch(trimmed.slice(end)) };
}

/** Both names of a `diff --git` line, old and new; null where there are not exactly two. */
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
  // Date.parse takes much for a date; a time of 1969 or 1970 names its year.
  if (!/\b(?:1969|1970)\b/.test(text)) return false;
  const time = Date.parse(text.trim().replace(/\.\d+/, ''));
  return time > -25 * HOUR && time < 26 * HOUR;
}
