import { type Piece, ScriptError, type Word } from './script.ts';

/** `end`: the end of a line, or `;`. `open` and `close`: braces. */
export type Token =
  | { readonly kind: 'word'; readonly word: Word; readonly line: number }
  | { readonly kind: 'end'; readonly line: number }
  | { readonly kind: 'open' | 'close'; readonly line: number };

const ENDS_WORD = /[ \t\r\n;{}&|<>]/;
/** A word without quotes, variables and escapes, up to the blank or end behind it: most words of a menu. */
const SIMPLE_WORD = /[^ \t\r\n;{}&|<>"'\\$#][^ \t\r\n;{}&|<>"'\\$]*(?![^ \t\r\n;])/y;
/** Text without special characters, outside and inside double quotes. */
const PLAIN = /[^ \t\r\n;{}&|<>"'\\$]+/y;
const PLAIN_QUOTED = /[^"\\$]+/y;
const BLANKS = /[ \t\r]+/y;
const NAME = /[A-Za-z_][A-Za-z0-9_]*|[0-9]+|[?@*#]/y;

/** Throws ScriptError for a character that is no part of the language, and for a quote or brace that is not closed. */
export function tokensOf(text: string): Token[] {
  const tokens: Token[] = [];
  let line = 1;
  let at = 0;
  while (at < text.length) {
    const simple = stretch(SIMPLE_WORD);
    if (simple !== '') {
      tokens.push({ kind: 'word', word: [{ kind: 'text', text: simple, quoted: false }], line });
      at += simple.length;
    }
    readOne(text[at] ?? '');
  }
  return tokens;

  function readOne(char: string): void {
    switch (char) {
      case '':
        return;
      case ' ':
      case '\t':
      case '\r':
        at += stretch(BLANKS).length;
        return;
      case '\n':
      case ';':
        tokens.push({ kind: 'end', line });
        if (char === '\n') line++;
        at++;
        return;
      case '#': {
        const end = text.indexOf('\n', at);
        at = end === -1 ? text.length : end;
        return;
      }
      case '{':
      case '}':
        tokens.push({ kind: char === '{' ? 'open' : 'close', line });
        at++;
        return;
      case '&':
      case '|':
      case '<':
      case '>':
        throw new ScriptError(line, `\`${char}\` is no part of GRUB's language`);
      case '\\':
        if (text[at + 1] === '\n') {
          line++;
          at += 2;
          return;
        }
    }
    const started = line;
    tokens.push({ kind: 'word', word: readWord(), line: started });
  }

  function readWord(): Word {
    const pieces: Piece[] = [];
    let quote = '';
    let plain = '';
    const push = (quoted: boolean, evenEmpty = false): void => {
      if (plain !== '' || evenEmpty) pieces.push({ kind: 'text', text: plain, quoted });
      plain = '';
    };
    while (at < text.length) {
      const taken = quote === "'" ? upToQuote() : stretch(quote === '"' ? PLAIN_QUOTED : PLAIN);
      if (taken !== '') {
        plain += taken;
        at += taken.length;
        if (quote !== '') line += linesIn(taken);
        continue;
      }
      const char = text[at] ?? '';
      if (quote === "'") {
        push(true, true);
        quote = '';
        at++;
      } else if (char === '\\') {
        const next = text[at + 1] ?? '';
        if (next === '\n') line++;
        // Within double quotes, a backslash stays where it does not escape the next character.
        else if (quote === '"' && !/["$\\]/.test(next)) plain += `\\${next}`;
        else {
          // A word with an escaped character is never a reserved word.
          push(quote !== '');
          plain = next;
          push(true);
        }
        at += 2;
      } else if (char === '$') {
        const variable = readVariable();
        if (variable === null) {
          plain += char;
          at++;
        } else {
          push(quote !== '');
          pieces.push({ kind: 'variable', name: variable, quoted: quote !== '' });
        }
      } else if (quote === '"') {
        push(true, true);
        quote = '';
        at++;
      } else if (char === '"' || char === "'") {
        push(false);
        quote = char;
        at++;
      } else if (ENDS_WORD.test(char)) break;
    }
    if (quote !== '') throw new ScriptError(line, `a ${quote} without its other half`);
    push(false);
    return pieces;
  }

  /** The text that a pattern matches at this position; empty: none. */
  function stretch(pattern: RegExp): string {
    pattern.lastIndex = at;
    return pattern.exec(text)?.[0] ?? '';
  }

  function upToQuote(): string {
    const end = text.indexOf("'", at);
    return text.slice(at, end === -1 ? text.length : end);
  }

  function readVariable(): string | null {
    const braced = text[at + 1] === '{';
    NAME.lastIndex = at + (braced ? 2 : 1);
    const match = NAME.exec(text);
    if (match === null) return null;
    if (braced && text[NAME.lastIndex] !== '}')
      throw new ScriptError(line, 'a variable without its closing brace');
    at = NAME.lastIndex + (braced ? 1 : 0);
    return match[0];
  }
}

function linesIn(text: string): number {
  let count = 0;
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) count++;
  return count;
}
