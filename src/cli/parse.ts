import { parseArgs } from 'node:util';
import type { Arguments, GivenArguments, GivenOptions, List, Options, Valued, Words } from './definition.ts';
import { nearest } from './near.ts';

/** The arguments and options, or a message about the first mistake. */
export type Given<A extends Arguments, O extends Options> =
  | { readonly ok: true; readonly args: GivenArguments<A>; readonly options: GivenOptions<O> }
  | { readonly ok: false; readonly mistake: string };

/**
 * Parses the words after a command's name. Of two equal options the last one counts. A list takes all words up to the next
 * option: `--module zfs spl`.
 */
export function parse<A extends Arguments, O extends Options>(
  words: readonly string[],
  args: A,
  options: O,
): Given<A, O> {
  const given = new Map<string, true | string | string[]>();
  const plain: string[] = [];
  let open: string[] | null = null;
  for (const token of tokensOf(words, options)) {
    if (token.kind === 'option-terminator') continue;
    if (token.kind === 'positional') {
      (open ?? plain).push(token.value);
      continue;
    }
    open = null;
    const option = Object.hasOwn(options, token.name) ? options[token.name] : undefined;
    if (option === undefined || token.rawName !== `--${token.name}`)
      return mistaken(`there is no option ${token.rawName}`, nearest(token.rawName, names(options)));
    const { value, rawName } = token;
    if (option.kind === 'flag') {
      if (value !== undefined) return mistaken(`${rawName} takes no value`);
      given.set(token.name, true);
      continue;
    }
    if (value === undefined || (!token.inlineValue && /^-./.test(value)))
      return mistaken(`${rawName} needs a value: ${rawName} ${option.value.toUpperCase()}`);
    const wrong = wrongWord(rawName, value, option);
    if (wrong !== null) return wrong;
    if (option.kind === 'value') given.set(token.name, value);
    else {
      const before = given.get(token.name);
      open = Array.isArray(before) ? before : [];
      open.push(value);
      given.set(token.name, open);
    }
  }
  const filled = fill(plain, args);
  if (!filled.ok) return filled;
  const all = Object.entries(options).map(([name, option]) => [name, given.get(name) ?? ABSENT[option.kind]]);
  // Checked above: each value is of the kind of its definition.
  return {
    ok: true,
    args: filled.args as GivenArguments<A>,
    options: Object.fromEntries(all) as GivenOptions<O>,
  };
}

const ABSENT = { flag: false, value: null, list: [] } as const;

function tokensOf(words: readonly string[], options: Options) {
  const types = Object.entries(options).map(([name, { kind }]) => {
    return [name, { type: kind === 'flag' ? ('boolean' as const) : ('string' as const) }] as const;
  });
  return parseArgs({
    args: [...words],
    options: Object.fromEntries(types),
    strict: false,
    allowPositionals: true,
    tokens: true,
  }).tokens;
}

function fill(
  plain: readonly string[],
  args: Arguments,
):
  | { readonly ok: true; readonly args: Readonly<Record<string, string | null | readonly string[]>> }
  | { readonly ok: false; readonly mistake: string } {
  const places = Object.entries(args);
  const takesAll = places.at(-1)?.[1].many === true;
  const surplus = plain[places.length];
  if (!takesAll && surplus !== undefined) return mistaken(`"${surplus}" is one word too many`);
  const filled: [string, string | null | readonly string[]][] = [];
  for (const [index, [name, { required, words, many }]] of places.entries()) {
    const word = plain[index] ?? null;
    if (word === null && required) return mistaken(`${name.toUpperCase()} is missing`);
    const wrong = word === null ? null : wrongWord(name.toUpperCase(), word, { words });
    if (wrong !== null) return wrong;
    filled.push([name, many === true ? plain.slice(index) : word]);
  }
  return { ok: true, args: Object.fromEntries(filled) };
}

function wrongWord(where: string, word: string, { words }: Pick<Valued | List, 'words'>) {
  const allowed = only(words);
  if (allowed === null || allowed.includes(word)) return null;
  return mistaken(`${where} ${word}: there ${allowed.length === 1 ? 'is' : 'are'} ${allowed.join(', ')}`);
}

function only(words: Words): readonly string[] | null {
  return typeof words === 'object' && 'oneOf' in words ? words.oneOf : null;
}

function names(options: Options): string[] {
  return Object.keys(options).map((name) => `--${name}`);
}

/** `meant`: the word that was probably meant. */
function mistaken(
  what: string,
  meant: string | null = null,
): { readonly ok: false; readonly mistake: string } {
  return { ok: false, mistake: meant === null ? what : `${what}. Did you mean ${meant}?` };
}
