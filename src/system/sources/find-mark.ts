/** Is `word` in the text as a whole identifier? */
export function hasWord(text: string, word: string): boolean {
  return someWord(text, word, () => true);
}

/** Does the text export the symbol: EXPORT_SYMBOL(name), or one of its variants? */
export function hasExport(text: string, symbol: string): boolean {
  return someWord(text, symbol, (start, end) => {
    const open = backOverBlanks(text, start);
    if (text[open - 1] !== '(' || !/^\s{0,20}[),]/.test(text.slice(end, end + 21))) return false;
    return /\bEXPORT_SYMBOL\w*\s{0,20}$/.test(text.slice(Math.max(0, open - 60), open - 1));
  });
}

function someWord(text: string, word: string, accept: (start: number, end: number) => boolean): boolean {
  for (let start = text.indexOf(word); start >= 0; start = text.indexOf(word, start + 1)) {
    const end = start + word.length;
    if (isWordCode(text.charCodeAt(start - 1)) || isWordCode(text.charCodeAt(end))) continue;
    if (accept(start, end)) return true;
  }
  return false;
}

/** Of letters, digits and the underscore; NaN, which is what lies outside of the text, is none. */
function isWordCode(code: number): boolean {
  return (
    (code >= 97 && code <= 122) || (code >= 65 && code <= 90) || code === 95 || (code >= 48 && code <= 57)
  );
}

function backOverBlanks(text: string, from: number): number {
  let at = from;
  while (at > 0 && /\s/.test(text[at - 1] ?? '')) at--;
  return at;
}
