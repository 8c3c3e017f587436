/** GRUB's script language as far as it stands in a grub.cfg: commands, conditions, functions, menu entries. */

export type Statement =
  | {
      readonly kind: 'command';
      readonly line: number;
      readonly words: readonly Word[];
      /** `{ … }` behind a command: the body of an entry; null: none. */
      readonly block: readonly Statement[] | null;
    }
  | {
      readonly kind: 'if';
      readonly line: number;
      /** `if` and each `elif`. */
      readonly branches: readonly {
        readonly condition: readonly Statement[];
        readonly body: readonly Statement[];
      }[];
      readonly otherwise: readonly Statement[];
    }
  /** `while`, `until` and `for`: how often is known to the loader alone. */
  | { readonly kind: 'loop'; readonly line: number; readonly body: readonly Statement[] }
  | {
      readonly kind: 'function';
      readonly line: number;
      readonly name: string;
      readonly body: readonly Statement[];
    };

/** One word, in pieces as it was written. */
export type Word = readonly Piece[];

export type Piece =
  | { readonly kind: 'text'; readonly text: string; readonly quoted: boolean }
  | { readonly kind: 'variable'; readonly name: string; readonly quoted: boolean };

/** Thrown where a text is no script of GRUB's; the reader makes an Unknown of it. */
export class ScriptError extends Error {
  readonly line: number;

  constructor(line: number, what: string) {
    super(`line ${line}: ${what}`);
    this.name = 'ScriptError';
    this.line = line;
  }
}

type Token =
  | { readonly kind: 'word'; readonly word: Word; readonly line: number }
  | { readonly kind: 'end'; readonly line: number }
  | { readonly kind: 'open' | 'close'; readonly line: number };

const DEPTH_MAX = 64;

/** Reads a script; throws ScriptError where GRUB would refuse it. */
export function parseScript(text: string): readonly Statement[] {
  const tokens = tokensOf(text);
  let at = 0;
  const statements = readList([], 0);
  if (at < tokens.length) throw new ScriptError(lineNow(), `unexpected ${describe(tokens[at])}`);
  return statements;

  /** Statements up to one of the given reserved words, or a closing brace, which are left. */
  function readList(until: readonly string[], depth: number): Statement[] {
    if (depth > DEPTH_MAX) throw new ScriptError(lineNow(), 'blocks within blocks without end');
    const found: Statement[] = [];
    for (;;) {
      while (tokens[at]?.kind === 'end') at++;
      const token = tokens[at];
      if (token === undefined || token.kind === 'close') return found;
      if (token.kind === 'open') throw new ScriptError(token.line, 'a block that belongs to no command');
      const word = reserved(token);
      if (word !== null && until.includes(word)) return found;
      found.push(readStatement(word, depth));
    }
  }

  function readStatement(word: string | null, depth: number): Statement {
    const line = lineNow();
    switch (word) {
      case 'if':
        at++;
        return readIf(line, depth);
      case 'while':
      case 'until':
        at++;
        readList(['do'], depth + 1);
        return readLoop(line, depth);
      case 'for':
        while (at < tokens.length && tokens[at]?.kind === 'word' && plainWord(tokens[at]) !== 'do') at++;
        while (tokens[at]?.kind === 'end') at++;
        return readLoop(line, depth);
      case 'function': {
        at++;
        const name = plainWord(tokens[at]) ?? '';
        at++;
        return { kind: 'function', line, name, body: readBlock(depth) };
      }
      default:
        return readCommand(line, depth);
    }
  }

  function readIf(line: number, depth: number): Statement {
    const branches: { condition: readonly Statement[]; body: readonly Statement[] }[] = [];
    let otherwise: readonly Statement[] = [];
    for (;;) {
      const condition = readList(['then'], depth + 1);
      expect('then');
      branches.push({ condition, body: readList(['elif', 'else', 'fi'], depth + 1) });
      const next = reserved(tokens[at]);
      at++;
      if (next === 'elif') continue;
      if (next === 'else') {
        otherwise = readList(['fi'], depth + 1);
        expect('fi');
      } else if (next !== 'fi') throw new ScriptError(line, '`if` without `fi`');
      return { kind: 'if', line, branches, otherwise };
    }
  }

  function readLoop(line: number, depth: number): Statement {
    expect('do');
    const body = readList(['done'], depth + 1);
    expect('done');
    return { kind: 'loop', line, body };
  }

  function readBlock(depth: number): readonly Statement[] {
    while (tokens[at]?.kind === 'end') at++;
    if (tokens[at]?.kind !== 'open') throw new ScriptError(lineNow(), 'expected {');
    at++;
    const body = readList([], depth + 1);
    if (tokens[at]?.kind !== 'close') throw new ScriptError(lineNow(), 'a block without its }');
    at++;
    return body;
  }

  function readCommand(line: number, depth: number): Statement {
    const words: Word[] = [];
    for (;;) {
      const token = tokens[at];
      if (token?.kind === 'word') {
        words.push(token.word);
        at++;
      } else if (token?.kind === 'open') {
        return { kind: 'command', line, words, block: readBlock(depth) };
      } else return { kind: 'command', line, words, block: null };
    }
  }

  function expect(word: string): void {
    while (tokens[at]?.kind === 'end') at++;
    if (reserved(tokens[at]) !== word) throw new ScriptError(lineNow(), `expected \`${word}\``);
    at++;
  }

  function lineNow(): number {
    return (tokens[at] ?? tokens.at(-1))?.line ?? 1;
  }
}

const RESERVED = new Set([
  'if',
  'then',
  'elif',
  'else',
  'fi',
  'while',
  'until',
  'for',
  'do',
  'done',
  'function',
]);

/** A reserved word counts only where nothing of it is quoted. */
function reserved(token: Token | undefined): string | null {
  const word = plainWord(token);
  return word !== null && RESERVED.has(word) ? word : null;
}

function plainWord(token: Token | undefined): string | null {
  if (token?.kind !== 'word' || token.word.length !== 1) return null;
  const [piece] = token.word;
  return piece?.kind === 'text' && !piece.quoted ? piece.text : null;
}

function describe(token: Token | undefined): string {
  return token?.kind === 'word'
    ? `\`${plainWord(token) ?? 'word'}\``
    : token?.kind === 'close'
      ? '`}`'
      : 'end';
}

const BLANK = /[ \t\r]/;
/** A `}` or `{` counts as such where it stands for itself. */
const ENDS_WORD = /[ \t\r\n;{}&|<>]/;
/** What means nothing but itself, outside and inside of double quotes: a menu is read in stretches, not by the letter. */
const PLAIN = /[^ \t\r\n;{}&|<>"'\\$]+/y;
const PLAIN_QUOTED = /[^"\\$]+/y;
const BLANKS = /[ \t\r]+/y;
const NAME = /[A-Za-z_][A-Za-z0-9_]*|[0-9]+|[?@*#]/y;

function tokensOf(text: string): Token[] {
  const tokens: Token[] = [];
  let line = 1;
  let at = 0;
  while (at < text.length) {
    const char = text[at] ?? '';
    if (char === '\n' || char === ';') {
      tokens.push({ kind: 'end', line });
      if (char === '\n') line++;
      at++;
    } else if (BLANK.test(char)) at += stretch(BLANKS).length;
    else if (char === '\\' && text[at + 1] === '\n') {
      line++;
      at += 2;
    } else if (char === '#') {
      const end = text.indexOf('\n', at);
      at = end === -1 ? text.length : end;
    } else if (char === '{' || char === '}') {
      tokens.push({ kind: char === '{' ? 'open' : 'close', line });
      at++;
    } else if (/[&|<>]/.test(char)) throw new ScriptError(line, `\`${char}\` is no part of GRUB's language`);
    else {
      const started = line;
      tokens.push({ kind: 'word', word: readWord(), line: started });
    }
  }
  return tokens;

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
        // In double quotes the backslash stays before a character that it does not escape.
        else if (quote === '"' && !/["$\\]/.test(next)) plain += `\\${next}`;
        else {
          // What is escaped is never a reserved word.
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

  /** What a pattern matches here; empty: nothing. */
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
