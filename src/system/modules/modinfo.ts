/** The `.modinfo` section: NUL-separated `key=value` (include/linux/moduleparam.h). A key can occur again. */
export function parseModinfo(section: Buffer): ReadonlyMap<string, readonly string[]> {
  const values = new Map<string, string[]>();
  for (const entry of section.toString('utf8').split('\0')) {
    const at = entry.indexOf('=');
    if (at <= 0) continue;
    const key = entry.slice(0, at);
    const known = values.get(key);
    if (known === undefined) values.set(key, [entry.slice(at + 1)]);
    else known.push(entry.slice(at + 1));
  }
  return values;
}
