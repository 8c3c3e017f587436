/** Phrases that all findings share. */

/** `a`, `a and b`, `a, b and 4 more`: at most `most` are named. */
export function listed(items: readonly string[], most = 3): string {
  const shown = items.length > most + 1 ? items.slice(0, most) : items;
  const more = items.length - shown.length;
  const last = more > 0 ? `${more} more` : shown.at(-1);
  const head = more > 0 ? shown : shown.slice(0, -1);
  return head.length === 0 ? (last ?? '') : `${head.join(', ')} and ${last}`;
}

/** A clause as a sentence: with a capital and a full stop. */
export function sentence(clause: string): string {
  return `${clause.replace(/^./, (first) => first.toUpperCase())}.`;
}

/** `2026-11-23 14:10` in the local time zone. */
export function dayTime(ms: number): string {
  const date = new Date(ms);
  const two = (value: number): string => String(value).padStart(2, '0');
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  return `${day} ${two(date.getHours())}:${two(date.getMinutes())}`;
}
