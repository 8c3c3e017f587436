import type { QuietHours } from '../model/notify-preferences.ts';

/** `22:00-07:00`; null: not of that form. */
export function parseQuietHours(text: string): QuietHours | null {
  const match = /^([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-3]):([0-5]\d)$/.exec(text);
  if (match === null) return null;
  const [, fromHour, fromMinute, toHour, toMinute] = match.map(Number);
  return { from: (fromHour ?? 0) * 60 + (fromMinute ?? 0), to: (toHour ?? 0) * 60 + (toMinute ?? 0) };
}

/** The moment itself where it is not quiet, else when the quiet hours end, ms since the epoch. */
export function endOfQuiet(quiet: QuietHours, at: number): number {
  const date = new Date(at);
  const minute = date.getHours() * 60 + date.getMinutes();
  const inside =
    quiet.from <= quiet.to
      ? minute >= quiet.from && minute < quiet.to
      : minute >= quiet.from || minute < quiet.to;
  if (!inside) return at;
  const days = minute >= quiet.to ? 1 : 0;
  // By the calendar, not by adding hours: a night in which the clocks change is not 24 hours away.
  return new Date(
    date.getFullYear(),
    date.getMonth(),
    date.getDate() + days,
    Math.floor(quiet.to / 60),
    quiet.to % 60,
  ).getTime();
}
