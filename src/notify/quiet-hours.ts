import type { QuietHours } from '../model/notify-preferences.ts';

const MINUTE = 60_000;

/** When the quiet hours end, ms since the epoch; `at` itself if it is outside them. */
export function endOfQuiet(quiet: QuietHours, at: number): number {
  const date = new Date(at);
  const minute = date.getHours() * 60 + date.getMinutes();
  const [from, to] = [quiet.fromMs / MINUTE, quiet.toMs / MINUTE];
  const inside = from <= to ? minute >= from && minute < to : minute >= from || minute < to;
  if (!inside) return at;
  const days = minute >= to ? 1 : 0;
  // By the calendar, not by adding hours: when the clocks change, a day does not have 24 hours.
  return new Date(
    date.getFullYear(),
    date.getMonth(),
    date.getDate() + days,
    Math.floor(to / 60),
    to % 60,
  ).getTime();
}
