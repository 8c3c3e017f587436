import type { QuietHours } from '../model/notify-preferences.ts';

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
