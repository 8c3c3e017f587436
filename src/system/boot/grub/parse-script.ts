import { ScriptError, type Statement, type Word } from './script.ts';
import { type Token, tokensOf } from './tokens.ts';

const DEPTH_MAX = 64;

/** Parses a script; throws ScriptError where GRUB would refuse it. */
export function parseScript(text: string): readonly Statement[] {
  const tokens = tokensOf(text);
  let at = 0;
  const statements = readList([], 0);
  if (at < tokens.length) throw new ScriptError(lineNow(), `unexpected ${describe(tokens[at])}`);
  return statements;

  /** Reads statements up to one of the given reserved words or a closing brace, and stops before it. */
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

/** The reserved word of a token; null: none, or a part of it is quoted. */
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
