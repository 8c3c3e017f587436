import type { QuietHours } from '../model/notify-preferences.ts';

/** `22:00-07:00`; null: not of that form. */
export function parseQuietHours(text: string): QuietHours | null {
  const match = /^([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-3]):([0-5]\d)$/.exec(text);
  if (match === null) return null;
  const [, fromHour, fromMinute, toHour, toMinute] = match.map(Number);
  const ms = (hour = 0, minute = 0): number => (hour * 60 + minute) * 60_000;
  return { fromMs: ms(fromHour, fromMinute), toMs: ms(toHour, toMinute) };
}
