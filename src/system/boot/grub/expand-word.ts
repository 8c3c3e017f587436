import { type Fact, known, unknown } from '../../../model/fact.ts';
import type { Word } from './script.ts';
import { positional, type ScriptState } from './script-state.ts';

/**
 * Expands the variables of a word. An unset variable without quotes yields no word, one whose value has blanks yields
 * several.
 */
export function expand(word: Word, state: ScriptState): Fact<string>[] {
  const [only] = word;
  if (word.length === 1 && only?.kind === 'text') return [known(only.text)];
  const found: Fact<string>[] = [];
  let current: Fact<string> | null = null;
  const append = (text: Fact<string>): void => {
    if (current === null) current = text;
    else if (current.known) current = text.known ? known(current.value + text.value) : text;
  };
  for (const piece of word) {
    if (piece.kind === 'text') {
      append(known(piece.text));
      continue;
    }
    const values = valuesOf(piece.name, state);
    if (piece.quoted) {
      const texts = values.map((value) => (value.known ? value.value : null));
      append(
        texts.includes(null) ? (values.find((value) => !value.known) ?? known('')) : known(texts.join(' ')),
      );
      continue;
    }
    for (const [index, value] of values.entries()) {
      const parts = value.known ? value.value.split(/[ \t\n]+/) : [];
      if (index > 0) flush();
      if (!value.known) append(value);
      for (const [at, part] of parts.entries()) {
        if (at > 0) flush();
        if (part !== '') append(known(part));
      }
    }
  }
  flush();
  return found;

  function flush(): void {
    if (current !== null) found.push(current);
    current = null;
  }
}

function valuesOf(name: string, { variables }: ScriptState): readonly Fact<string>[] {
  if (name === '*' || name === '@') return positional({ variables });
  if (name === '#') return [known(String(positional({ variables }).length))];
  if (name === '?') return [unknown('no-data', 'the status of a command')];
  const value = variables.get(name);
  return value === undefined ? [known('')] : [value];
}

/** Executes `NAME=VALUE`; false where the word has another form. The name must come before the first variable. */
export function assign(word: Word, state: ScriptState): boolean {
  const [first, ...rest] = word;
  if (first?.kind !== 'text' || !first.text.includes('=')) return false;
  const match = /^([A-Za-z_]\w*)=(.*)$/s.exec(first.text);
  if (match === null) return false;
  const value = expand([{ ...first, text: match[2] ?? '' }, ...rest], state)[0] ?? known('');
  state.variables.set(match[1] ?? '', value);
  return true;
}
