/** ( */
const OPENING = 40;

/** Is `word` in the bytes of a source as a whole identifier? */
export function hasWord(text: Buffer, word: string): boolean {
  return someWord(text, word, () => true);
}

/** Does the source export the symbol: EXPORT_SYMBOL(name), or one of its variants? */
export function hasExport(text: Buffer, symbol: string): boolean {
  return someWord(text, symbol, (start, end) => {
    const open = backOverBlanks(text, start);
    if (text[open - 1] !== OPENING || !/^\s{0,20}[),]/.test(text.toString('latin1', end, end + 21)))
      return false;
    return /\bEXPORT_SYMBOL\w*\s{0,20}$/.test(text.toString('latin1', Math.max(0, open - 60), open - 1));
  });
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

/** Of letters, digits and the underscore; what lies outside of the text is none. */
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
