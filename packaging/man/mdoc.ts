/** Text as mdoc(7) takes it: nothing in it is a macro or an escape. Line ends become blanks. */
export function mdocText(text: string): string {
  const plain = text.replaceAll('\\', '\\e').replaceAll(/\s+/g, ' ').trim();
  // Each sentence on a line of its own, as mdoc wants it.
  return plain
    .split(/(?<=[\w)"][.!?]) (?=[A-Z"])|(?<=[a-z)]:) (?=[A-Z])/)
    .map((line) => (/^[.']/.test(line) ? `\\&${line}` : line))
    .map(nonAscii)
    .join('\n');
}

/** A word behind a macro: no other macro, and one argument. */
export function mdocWord(text: string): string {
  const escaped = nonAscii(text.replaceAll('\\', '\\e').replaceAll('"', '\\(dq').replaceAll('-', '\\-'));
  const guarded = /^[A-Z][a-z]$|^[.,:;()[\]?!|]$/.test(escaped) ? `\\&${escaped}` : escaped;
  return /\s/.test(guarded) ? `"${guarded}"` : guarded;
}

function nonAscii(text: string): string {
  return text.replaceAll(/[^\0-\x7f]/gu, (character) => {
    const code = character.codePointAt(0) ?? 0;
    return `\\[u${code.toString(16).toUpperCase().padStart(4, '0')}]`;
  });
}
