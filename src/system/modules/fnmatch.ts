/**
 * Does a name match a pattern, as fnmatch(3) without flags: `*`, `?`, `[a-z]`, `[!a]`, `[[:digit:]]`, and a backslash
 * before any of them? Case matters. kmod compares aliases of modules this way (libkmod-index.c).
 */
export function fnmatch(pattern: string, name: string): boolean {
  let [glyph, char] = [0, 0];
  // The last `*` and the end of its match. If the text after it does not match, the `*` takes one more character.
  let star: { readonly glyph: number; reach: number } | null = null;
  while (char < name.length || glyph < pattern.length) {
    if (pattern[glyph] === '*') {
      star = { glyph: ++glyph, reach: char };
      continue;
    }
    const end = char < name.length ? one(pattern, glyph, name[char] ?? '') : null;
    if (end !== null) {
      glyph = end;
      char++;
      continue;
    }
    if (star === null || star.reach >= name.length) return false;
    star.reach++;
    [glyph, char] = [star.glyph, star.reach];
  }
  return true;
}

/** The position in the pattern after it has matched this character; null: no match. */
function one(pattern: string, at: number, char: string): number | null {
  switch (pattern[at]) {
    case undefined:
      return null;
    case '?':
      return at + 1;
    case '[': {
      const set = setAt(pattern, at);
      // A bracket without end is an ordinary character.
      if (set === null) return char === '[' ? at + 1 : null;
      return set.has(char) ? set.end : null;
    }
    case '\\':
      return pattern[at + 1] === char ? at + 2 : null;
    default:
      return pattern[at] === char ? at + 1 : null;
  }
}

interface BracketSet {
  /** The position after the closing bracket. */
  readonly end: number;
  has(char: string): boolean;
}

function setAt(pattern: string, start: number): BracketSet | null {
  let at = start + 1;
  const isNot = pattern[at] === '!' || pattern[at] === '^';
  if (isNot) at++;
  const tests: ((char: string) => boolean)[] = [];
  // A closing bracket in the first position is a member.
  for (let first = true; first || pattern[at] !== ']'; first = false) {
    if (at >= pattern.length) return null;
    const named = /^\[:([a-z]+):\]/.exec(pattern.slice(at, at + 16));
    if (named !== null) {
      const members = CLASSES[named[1] ?? ''];
      tests.push((char) => members?.test(char) === true);
      at += named[0].length;
      continue;
    }
    const from = memberAt(pattern, at);
    at = from.end;
    const isRange = pattern[at] === '-' && at + 1 < pattern.length && pattern[at + 1] !== ']';
    const to = isRange ? memberAt(pattern, at + 1) : from;
    at = to.end;
    tests.push((char) => char >= from.char && char <= to.char);
  }
  return { end: at + 1, has: (char) => tests.some((test) => test(char)) !== isNot };
}

function memberAt(pattern: string, at: number): { readonly char: string; readonly end: number } {
  const place = pattern[at] === '\\' ? at + 1 : at;
  return { char: pattern[place] ?? '', end: place + 1 };
}

/** POSIX classes, for ASCII: kmod runs in the C locale. */
const CLASSES: Readonly<Record<string, RegExp>> = {
  alnum: /[A-Za-z0-9]/,
  alpha: /[A-Za-z]/,
  blank: /[ \t]/,
  digit: /[0-9]/,
  lower: /[a-z]/,
  punct: /[!-/:-@[-`{-~]/,
  space: /[ \t-\r]/,
  upper: /[A-Z]/,
  xdigit: /[0-9A-Fa-f]/,
};
