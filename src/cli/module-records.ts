import { isRecord } from '../model/untrusted.ts';

/**
 * What the records of module files share. A thousand of them have the same keys, and most have the same owner, signer
 * and vermagic.
 */
export interface RecordParts {
  /** Each list of keys once. */
  readonly forms: string[][];
  /** Each text that occurs more than once. */
  readonly texts: string[];
}

/** The records in compact form: each is `{ form, values }`; a repeated text is `{ text }`. `form` and `text` are indexes. */
export function compactRecords(files: readonly unknown[]): RecordParts & { readonly files: unknown[] } {
  const often = textsThatRecur(files);
  const forms = new Map<string, number>();
  const texts = new Map<string, number>();
  const numberIn = (map: Map<string, number>, key: string): number => {
    const number = map.get(key) ?? map.size;
    map.set(key, number);
    return number;
  };
  const write = (value: unknown): unknown => {
    if (typeof value === 'string') return often.has(value) ? { text: numberIn(texts, value) } : value;
    if (Array.isArray(value)) return value.map(write);
    if (!isRecord(value)) return value;
    const form = numberIn(forms, JSON.stringify(Object.keys(value)));
    return { form, values: Object.values(value).map(write) };
  };
  return {
    files: files.map(write),
    forms: [...forms.keys()].map((keys): string[] => JSON.parse(keys)),
    texts: [...texts.keys()],
  };
}

/** No Snapshot is nested deeper. */
export const DEPTH_MAX = 32;

/** The input of compactRecords(). A part that it cannot have written, or that is nested too deep, becomes null. */
export function expandRecords(files: readonly unknown[], { forms, texts }: RecordParts): unknown[] {
  const read = (value: unknown, depth: number): unknown => {
    if (depth > DEPTH_MAX) return null;
    if (Array.isArray(value)) return value.map((item) => read(item, depth + 1));
    if (!isRecord(value)) return value;
    if (typeof value.text === 'number') return texts[value.text] ?? null;
    const keys = typeof value.form === 'number' ? forms[value.form] : undefined;
    const { values } = value;
    if (keys === undefined || !Array.isArray(values) || values.length !== keys.length) return null;
    return Object.fromEntries(keys.map((key, index) => [key, read(values[index], depth + 1)]));
  };
  return files.map((file) => read(file, 0));
}

/** `{ text }` takes as many bytes as a text of this length. */
const SHORTEST = 14;

function textsThatRecur(values: readonly unknown[]): ReadonlySet<string> {
  const once = new Set<string>();
  const often = new Set<string>();
  const visit = (value: unknown): void => {
    if (typeof value === 'string') {
      if (value.length >= SHORTEST) (once.has(value) ? often : once).add(value);
    } else if (Array.isArray(value)) value.forEach(visit);
    else if (isRecord(value)) Object.values(value).forEach(visit);
  };
  visit(values);
  return often;
}
