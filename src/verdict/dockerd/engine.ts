/** A version of Docker's engine: major, minor, point. */
export type Engine = readonly [number, number, number];

/** The series whose sources the rules were taken from. An engine counts as the newest series that is not newer than it. */
export const SERIES: readonly string[] = [
  '19.03',
  '20.10',
  '23.0',
  '24.0',
  '25.0',
  '26.0',
  '27.0',
  '28.0',
  '29.0',
];

/** `20.10.24+dfsg1` → 20, 10, 24; null where the text does not begin with a number. */
export function parseEngine(text: string): Engine | null {
  const match = /^v?(\d{1,4})(?:\.(\d{1,4}))?(?:\.(\d{1,4}))?/.exec(text);
  if (match === null) return null;
  const [, major = '0', minor = '0', point = '0'] = match;
  return [Number(major), Number(minor), Number(point)];
}

/** Negative, zero or positive, as `a` is older than, the same as or newer than `b`. */
export function compareEngines(a: Engine, b: Engine): number {
  return a[0] - b[0] || a[1] - b[1] || a[2] - b[2];
}

/** True if the engine is that version or a later one. */
export function isSince(engine: Engine, version: string): boolean {
  const other = parseEngine(version);
  return other !== null && compareEngines(engine, other) >= 0;
}

/** True if the engine has what one version added (null: it was always there) and another removed (null: it is still there). */
export function isBetween(engine: Engine, since: string | null, until: string | null): boolean {
  return (since === null || isSince(engine, since)) && (until === null || !isSince(engine, until));
}
