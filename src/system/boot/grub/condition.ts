import { type Fact, known, unknown } from '../../../model/fact.ts';
import { byVersion } from '../../../model/version-order.ts';

/** A test of a file in `[ … ]`. `filled`: it exists and is not empty. */
export type FileTest = 'exists' | 'file' | 'directory' | 'filled';

/**
 * Evaluates `[ … ]` (docs/grub.texi, "test"). `words` are the words between the brackets. `!` binds closest, then `-a`,
 * then `-o`. Unknown where the result depends on a word or a file that is unknown.
 */
export function evaluateCondition(
  words: readonly Fact<string>[],
  testFile: (test: FileTest, path: string) => Fact<boolean>,
): Fact<boolean> {
  let at = 0;
  const answer = either();
  return at < words.length ? unknown('malformed', 'a condition that GRUB would not understand') : answer;

  function either(): Fact<boolean> {
    let result = both();
    while (isWord('-o')) {
      at++;
      result = orOf(result, both());
    }
    return result;
  }

  function both(): Fact<boolean> {
    let result = single();
    // Two conditions without an operator between them must both hold.
    while (isWord('-a') || (at < words.length && !isWord('-o') && !isWord(')'))) {
      if (isWord('-a')) at++;
      result = andOf(result, single());
    }
    return result;
  }

  function single(): Fact<boolean> {
    const first = words[at];
    if (first === undefined) return known(false);
    if (isWord('!')) {
      at++;
      const inner = single();
      return inner.known ? known(!inner.value) : inner;
    }
    if (isWord('(')) {
      at++;
      const inner = either();
      if (isWord(')')) at++;
      return inner;
    }
    const [operator, right] = [words[at + 1], words[at + 2]];
    if (operator?.known && right !== undefined && COMPARISONS.has(operator.value)) {
      at += 3;
      if (!first.known) return first;
      if (!right.known) return right;
      return known(compare(first.value, operator.value, right.value));
    }
    if (first.known && operator !== undefined && /^-[defnsz]$/.test(first.value)) {
      at += 2;
      if (!operator.known) return operator;
      return unary(first.value, operator.value);
    }
    at++;
    return first.known ? known(first.value !== '') : first;
  }

  function unary(option: string, value: string): Fact<boolean> {
    if (option === '-n') return known(value !== '');
    if (option === '-z') return known(value === '');
    const tests = { '-d': 'directory', '-e': 'exists', '-f': 'file', '-s': 'filled' } as const;
    const test = Object.entries(tests).find(([name]) => name === option)?.[1];
    return test === undefined ? unknown('malformed', `${option} is no condition`) : testFile(test, value);
  }

  function isWord(text: string): boolean {
    const word = words[at];
    return word?.known === true && word.value === text;
  }
}

const COMPARISONS = new Set([
  ...['=', '==', '!=', '<', '<=', '>', '>='],
  ...['-eq', '-ne', '-lt', '-le', '-gt', '-ge', '-pgt', '-plt'],
]);

function compare(left: string, operator: string, right: string): boolean {
  const numbers = Number.parseInt(left, 10) - Number.parseInt(right, 10);
  const texts = left < right ? -1 : left > right ? 1 : 0;
  switch (operator) {
    case '=':
    case '==':
      return texts === 0;
    case '!=':
      return texts !== 0;
    case '<':
      return texts < 0;
    case '<=':
      return texts <= 0;
    case '>':
      return texts > 0;
    case '>=':
      return texts >= 0;
    case '-eq':
      return numbers === 0;
    case '-ne':
      return numbers !== 0;
    case '-lt':
      return numbers < 0;
    case '-le':
      return numbers <= 0;
    case '-gt':
      return numbers > 0;
    case '-ge':
      return numbers >= 0;
    default: {
      // Both must begin with the same letters before the number.
      const [one, other] = [left, right].map((text) => text.replace(/[0-9].*$/s, ''));
      if (one !== other) return false;
      const order = byVersion(left, right);
      return operator === '-pgt' ? order > 0 : order < 0;
    }
  }
}

function orOf(a: Fact<boolean>, b: Fact<boolean>): Fact<boolean> {
  if (a.known && a.value) return a;
  if (b.known && b.value) return b;
  return a.known ? b : a;
}

function andOf(a: Fact<boolean>, b: Fact<boolean>): Fact<boolean> {
  if (a.known && !a.value) return a;
  if (b.known && !b.value) return b;
  return a.known ? b : a;
}
