/**
 * Does a name fit a pattern, as fnmatch(3) without flags has it: `*`, `?`, `[a-z]`, `[!a]`, `[[:digit:]]`, and a backslash
 * before any of them? Upper and lower case differ. kmod compares aliases of modules so (libkmod-index.c).
 */
export function fnmatch(pattern: string, name: string): boolean {
  let [glyph, char] = [0, 0];
  // Where the last `*` was, and up to where it reaches: what follows fails there, and it reaches one further.
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

/** Where the pattern goes on when its next part takes this character; null: it does not take it. */
function one(pattern: string, at: number, char: string): number | null {
  switch (pattern[at]) {
    case undefined:
      return null;
    case '?':
      return at + 1;
    case '[': {
      const set = setAt(pattern, at);
      // Without an end it is a bracket like any other character.
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
  /** Behind the bracket that closes it. */
  readonly end: number;
  has(char: string): boolean;
}

function setAt(pattern: string, start: number): BracketSet | null {
  let at = start + 1;
  const isNot = pattern[at] === '!' || pattern[at] === '^';
  if (isNot) at++;
  const tests: ((char: string) => boolean)[] = [];
  // A bracket in the first place is a member.
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

/** Of POSIX, for ASCII: kmod runs in the C locale. */
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
