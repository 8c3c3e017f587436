/** The longest value: `A="$A$A"` doubles with every line. */
const VALUE_MAX = 64 * 1024;

/**
 * The variables that a shell file sets with plain assignments; the last assignment of a name counts. This is what
 * OpenRC reads from /etc/conf.d, Portage from make.conf, and nearly what systemd reads from an EnvironmentFile.
 * Quotes, `export`, `+=` and `$NAME` of a name set before are supported. Text that needs a shell (`$(…)`, conditions)
 * stays as written.
 */
export function parseAssignments(text: string): ReadonlyMap<string, string> {
  const values = new Map<string, string>();
  let at = 0;
  while (at < text.length) {
    const assignment = assignmentAt(text, at);
    if (assignment === null) {
      at = behindLine(text, at);
      continue;
    }
    const word = readWord(text, assignment.valueAt, values);
    const before = assignment.append ? (values.get(assignment.name) ?? '') : '';
    values.set(assignment.name, `${before}${word.value}`.slice(0, VALUE_MAX));
    at = word.end;
  }
  return values;
}

/** Splits the arguments of a command line into words as a shell does, without expanding anything. */
export function splitWords(text: string): string[] {
  const words: string[] = [];
  let at = 0;
  for (;;) {
    while (at < text.length && isBlank(text[at])) at++;
    if (at >= text.length) return words;
    const word = readWord(text, at, null);
    words.push(word.value);
    // A character that ends a word and is no blank, as `;`, is a word of its own here.
    at = word.end > at ? word.end : at + 1;
  }
}

const NAME = /(?:export[ \t]+)?([A-Za-z_][A-Za-z0-9_]*)(\+?)=/y;

function assignmentAt(
  text: string,
  start: number,
): { name: string; append: boolean; valueAt: number } | null {
  let at = start;
  while (isBlank(text[at]) || text[at] === ';') at++;
  NAME.lastIndex = at;
  const match = NAME.exec(text);
  if (match === null) return null;
  return { name: match[1] ?? '', append: match[2] === '+', valueAt: NAME.lastIndex };
}

function behindLine(text: string, at: number): number {
  const end = text.indexOf('\n', at);
  return end < 0 ? text.length : end + 1;
}

interface Word {
  readonly value: string;
  readonly end: number;
}

/** One word from `start` on. With `values`, variables in it are replaced and `;` ends it. */
function readWord(text: string, start: number, values: ReadonlyMap<string, string> | null): Word {
  let value = '';
  let quote = '';
  let at = start;
  const add = (text: string): void => {
    if (value.length < VALUE_MAX) value += text;
  };
  while (at < text.length) {
    const char = text[at] ?? '';
    if (quote === '' && (isBlank(char) || (values !== null && char === ';'))) break;
    if (char === quote) {
      quote = '';
      at++;
    } else if (quote === '' && (char === '"' || char === "'")) {
      quote = char;
      at++;
    } else if (char === '\\' && quote !== "'") {
      const next = text[at + 1] ?? '';
      // In double quotes the backslash stays before a character that it does not escape.
      const keeps = quote === '"' && !'"\\$`\n'.includes(next);
      if (next !== '\n') add(keeps ? `\\${next}` : next);
      at += 2;
    } else if (char === '$' && quote !== "'" && values !== null) {
      const variable = readVariable(text, at, values);
      add(variable.value);
      at = variable.end;
    } else {
      add(char);
      at++;
    }
  }
  return { value, end: at };
}

/** A shell joins lines first: a backslash and a line end may be within a name. */
const JOINED = /\\\n/g;
const VARIABLE = /\$(?:((?:\\\n)*[A-Za-z_](?:\\\n|[A-Za-z0-9_])*)|\{([A-Za-z_][A-Za-z0-9_]*)\})/y;

function readVariable(text: string, at: number, values: ReadonlyMap<string, string>): Word {
  VARIABLE.lastIndex = at;
  const match = VARIABLE.exec(text);
  if (match === null) return { value: '$', end: at + 1 };
  const name = (match[1] ?? match[2] ?? '').replace(JOINED, '');
  return { value: values.get(name) ?? '', end: VARIABLE.lastIndex };
}

function isBlank(char: string | undefined): boolean {
  return char === ' ' || char === '\t' || char === '\n' || char === '\r';
}
