/**
 * Names come from the machine, from images and from others' reports. Some characters control the output instead of being
 * shown: they move a terminal's cursor, reverse the reading order, or are invisible. Here they become visible: `\x1b`.
 */

/** Unicode's control characters (C0, C1), format characters (bidirectional marks, zero width) and line separators. */
const ACTING = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;

/** For a text of one line. */
export function visible(text: string): string {
  return text.replace(ACTING, asEscape);
}

/** For a text of several lines. Line ends and tabs are kept. */
export function visibleLines(text: string): string {
  return text.replace(ACTING, (character) =>
    character === '\n' || character === '\t' ? character : asEscape(character),
  );
}

/** Does it hold such a character? */
export function actsOnReader(text: string): boolean {
  return text.search(ACTING) >= 0;
}

/** JSON that is safe for a terminal, too: the same value, with such characters as JSON escapes. */
export function visibleJson(value: unknown, indent = 0): string {
  return visibleJsonText(JSON.stringify(value, null, indent) ?? 'null');
}

/** The same for a string that is JSON already. */
export function visibleJsonText(json: string): string {
  return json.replace(ACTING, (character) => (character === '\n' ? character : asJson(character)));
}

function asEscape(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  if (code < 0x100) return `\\x${code.toString(16).padStart(2, '0')}`;
  return code < 0x10000 ? `\\u${code.toString(16).padStart(4, '0')}` : `\\u{${code.toString(16)}}`;
}

function asJson(character: string): string {
  return [...Array(character.length).keys()]
    .map((index) => `\\u${character.charCodeAt(index).toString(16).padStart(4, '0')}`)
    .join('');
}
