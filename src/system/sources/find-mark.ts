import type { Mark } from './series.ts';

/** ( */
const OPENING = 40;

/** Does a source contain the mark? */
export function hasMark(text: Buffer, { kind, name }: Mark): boolean {
  switch (kind) {
    case 'export':
      return hasExport(text, name);
    case 'name':
      return hasWord(text, name);
    case 'text':
      return text.indexOf(name, 0, 'latin1') >= 0;
  }
}

/**
 * Does it contain `word` as a whole identifier? An EXPORT_SYMBOL of it does not count: another patch of the set adds
 * that.
 */
export function hasWord(text: Buffer, word: string): boolean {
  return someWord(text, word, (start, end) => !isExport(text, start, end));
}

/** Does the source export the symbol: EXPORT_SYMBOL(name) or a variant of it, outside of comments? */
export function hasExport(text: Buffer, symbol: string): boolean {
  return someWord(text, symbol, (start, end) => isExport(text, start, end) && !isInComment(text, start));
}

function isExport(text: Buffer, start: number, end: number): boolean {
  const open = backOverBlanks(text, start);
  if (text[open - 1] !== OPENING || !/^\s{0,20}[),]/.test(text.toString('latin1', end, end + 21)))
    return false;
  return /\bEXPORT_SYMBOL\w*\s{0,20}$/.test(text.toString('latin1', Math.max(0, open - 60), open - 1));
}

/** How far back the beginning of a comment is searched. */
const COMMENT = 4096;

function isInComment(text: Buffer, at: number): boolean {
  const before = text.toString('latin1', Math.max(0, at - COMMENT), at);
  if (before.slice(before.lastIndexOf('\n') + 1).includes('//')) return true;
  return before.lastIndexOf('/*') > before.lastIndexOf('*/');
}

function someWord(text: Buffer, word: string, accept: (start: number, end: number) => boolean): boolean {
  const wanted = Buffer.from(word, 'latin1');
  for (let start = text.indexOf(wanted); start >= 0; start = text.indexOf(wanted, start + 1)) {
    const end = start + word.length;
    if (isWordCode(text[start - 1]) || isWordCode(text[end])) continue;
    if (accept(start, end)) return true;
  }
  return false;
}

/** A letter, digit or underscore; undefined (outside of the text) is none. */
function isWordCode(code: number | undefined): boolean {
  if (code === undefined) return false;
  return (
    (code >= 97 && code <= 122) || (code >= 65 && code <= 90) || code === 95 || (code >= 48 && code <= 57)
  );
}

function backOverBlanks(text: Buffer, from: number): number {
  let at = from;
  while (at > 0 && isSpace(text[at - 1])) at--;
  return at;
}

/** isspace(3) */
function isSpace(code: number | undefined): boolean {
  return code === 32 || (code !== undefined && code >= 9 && code <= 13);
}
