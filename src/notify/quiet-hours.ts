import type { QuietHours } from '../model/notify-preferences.ts';

/** When the quiet hours end, ms since the epoch; `at` itself if it is outside them. */
export function endOfQuiet(quiet: QuietHours, at: number): number {
  const date = new Date(at);
  const minute = date.getHours() * 60 + date.getMinutes();
  const inside =
    quiet.from <= quiet.to
      ? minute >= quiet.from && minute < quiet.to
      : minute >= quiet.from || minute < quiet.to;
  if (!inside) return at;
  const days = minute >= quiet.to ? 1 : 0;
  // By the calendar, not by adding hours: when the clocks change, a day does not have 24 hours.
  return new Date(
    date.getFullYear(),
    date.getMonth(),
    date.getDate() + days,
    Math.floor(quiet.to / 60),
    quiet.to % 60,
  ).getTime();
}
