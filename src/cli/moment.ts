import { parseDuration } from '../config/duration.ts';

/**
 * A moment as a user writes it: a span before now (`30d`, `12h`), a day (`2026-11-23`), a day and time
 * (`2026-11-23 14:10`, local time) or `today` and `yesterday`. ms since the epoch; null: none of these.
 */
export function parseMoment(text: string, now: number): number | null {
  const span = parseDuration(text);
  if (span !== null) return now - span;
  const today = new Date(now);
  if (text === 'today') return new Date(today.getFullYear(), today.getMonth(), today.getDate()).getTime();
  if (text === 'yesterday')
    return new Date(today.getFullYear(), today.getMonth(), today.getDate() - 1).getTime();
  const match = /^(\d{4})-(\d\d)-(\d\d)(?:[ T]([01]\d|2[0-3]):([0-5]\d))?$/.exec(text);
  if (match === null) return null;
  const [, year, month, day, hour, minute] = match.map((part) => Number(part ?? 0));
  const date = new Date(year ?? 0, (month ?? 1) - 1, day ?? 1, hour ?? 0, minute ?? 0);
  // Date would turn 2026-02-31 into 2026-03-03.
  return date.getMonth() === (month ?? 1) - 1 ? date.getTime() : null;
}

/** The error message for a --since that is no moment. */
export function notSince(text: string): string {
  return `--since ${text}: write 30d, 12h, today, yesterday, 2026-11-23 or "2026-11-23 14:10"`;
}
