/**
 * The line, counted from 1, on which a TOML text sets a key; if that is not found, the line of the table, or 1. The TOML
 * parser does not give positions, and an error message needs one.
 */
export function lineOfKey(text: string, keys: readonly string[]): number {
  const wanted = keys.join('.');
  let table = '';
  let tableLine = 1;
  for (const [index, line] of text.split('\n').entries()) {
    const header = /^\s*\[\[?\s*([^\]]+?)\s*\]/.exec(line)?.[1];
    if (header !== undefined) {
      table = unquoted(header);
      if (table === wanted || wanted.startsWith(`${table}.`)) tableLine = index + 1;
      if (table === wanted) return tableLine;
      continue;
    }
    const key = /^\s*([\w."'-]+)\s*=/.exec(line)?.[1];
    if (key === undefined) continue;
    const whole = table === '' ? unquoted(key) : `${table}.${unquoted(key)}`;
    if (whole === wanted || wanted.startsWith(`${whole}.`)) return index + 1;
  }
  return tableLine;
}

function unquoted(key: string): string {
  return key.replace(/["'\s]/g, '');
}
