/** The JSON object or list at the beginning of a text; null: there is none, or it does not end. */
export function jsonPrefix(text: string): string | null {
  if (!/^\s*[[{]/.test(text)) return null;
  let depth = 0;
  let inString = false;
  for (let at = 0; at < text.length; at++) {
    const letter = text[at];
    if (inString) {
      if (letter === '\\') at++;
      else if (letter === '"') inString = false;
    } else if (letter === '"') inString = true;
    else if (letter === '{' || letter === '[') depth++;
    else if (letter === '}' || letter === ']') {
      depth--;
      if (depth === 0) return text.slice(0, at + 1);
    }
  }
  return null;
}
