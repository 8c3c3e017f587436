import { mdocText, mdocWord } from './mdoc.ts';

/**
 * The list of keys for aufswatch.toml(5), from the commented example: what stands above a key is its description,
 * what stands above a table is the table's.
 */
export function settingsPart(example: string): string {
  const parts: string[] = [];
  let told: string[] = [];
  let open = false;
  // The first paragraph is about the file as a whole.
  for (const line of example.slice(example.indexOf('\n\n')).split('\n')) {
    const table = /^#(\[{1,2}[\w.]+\]{1,2})$/.exec(line)?.[1];
    const key = /^#(\w+) = (.+)$/.exec(line);
    if (table !== undefined) {
      if (open) parts.push('.El');
      open = false;
      // Without the zero-width escape the bracket would be punctuation.
      parts.push(`.Ss ${mdocWord(table)}\\&`);
      if (told.length > 0) parts.push(mdocText(told.join(' ')));
      told = [];
    } else if (key !== null) {
      if (!open) parts.push('.Bl -tag -width Ds');
      open = true;
      parts.push(`.It Ic ${mdocWord(key[1] ?? '')} Li ${mdocWord(`= ${key[2]}`)}`);
      parts.push(mdocText(told.join(' ')));
      told = [];
    } else if (line.startsWith('# ')) {
      told.push(line.slice(2));
    }
  }
  if (open) parts.push('.El');
  return parts.filter((part) => part !== '').join('\n');
}
