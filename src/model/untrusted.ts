/** First looks at a value that came from outside, as JSON has it: written by hand where a schema library would be too much. */

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A list of nothing but texts; null: it is none. */
export function textList(value: unknown): string[] | null {
  return Array.isArray(value) && value.every((item) => typeof item === 'string') ? value : null;
}
