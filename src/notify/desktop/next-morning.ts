/** Eight in the morning of the next day, local time, ms since the epoch. */
export function nextMorning(now: number): number {
  const date = new Date(now);
  return new Date(date.getFullYear(), date.getMonth(), date.getDate() + 1, 8).getTime();
}
