import * as z from 'zod';
import { type Fact, known, UNKNOWN_CODES, unknown } from '../../model/fact.ts';
import { isRecord } from '../../model/untrusted.ts';

export const text = z.string();
/** The largest time of a Date, ms (8.64e15, ECMA-262). Most numbers here are times. */
const NUMBER_MAX = 8.64e15;

export const number = z.number().min(-NUMBER_MAX).max(NUMBER_MAX);
export const flag = z.boolean();
export const texts = list(text);
/** The default of a field that older snapshots do not have. */
export const NOT_READ = unknown('no-data', 'an older aufswatch, which took the snapshot, did not read it');

const unknownFact = z.object({
  known: z.literal(false),
  code: z.enum(UNKNOWN_CODES),
  detail: text,
});

/** A value, or why it is not known. */
export function fact<T>(value: z.ZodType<T>): z.ZodType<Fact<T>> {
  return z.union([z.object({ known: z.literal(true), value }), unknownFact]);
}

/** A fact that an older aufswatch wrote as the bare value, with null for unknown. */
export function factOrBare<T>(value: z.ZodType<T>): z.ZodType<Fact<T>> {
  const bare = z.union([z.null().transform(() => NOT_READ), value.transform((read) => known(read))]);
  return z.union([fact(value), bare]);
}

/**
 * A list that stops at the first mistake. z.array() goes on after one, and keeps some 700 bytes for each: a list of a
 * million zeros (2 MB) took gigabytes.
 */
export function list<T>(item: z.ZodType<T>): z.ZodType<T[]> {
  return z.unknown().transform((value, context) => {
    if (!Array.isArray(value)) return refused(context, [], 'Invalid input: expected array');
    const items: T[] = [];
    for (const [index, each] of value.entries()) {
      const read = item.safeParse(each);
      if (!read.success) return refused(context, [index], '', read.error);
      items.push(read.data);
    }
    return items;
  });
}

/** The same for a record. */
export function byName<T>(item: z.ZodType<T>): z.ZodType<Record<string, T>> {
  return z.unknown().transform((value, context) => {
    if (!isRecord(value)) return refused(context, [], 'Invalid input: expected record');
    const items: [string, T][] = [];
    for (const [name, each] of Object.entries(value)) {
      const read = item.safeParse(each);
      if (!read.success) return refused(context, [name], '', read.error);
      items.push([name, read.data]);
    }
    return Object.fromEntries(items);
  });
}

function refused(
  context: z.RefinementCtx,
  path: readonly PropertyKey[],
  message: string,
  error: z.ZodError | null = null,
): never {
  const [first] = error?.issues ?? [];
  context.addIssue({
    code: 'custom',
    message: first?.message ?? message,
    path: [...path, ...(first?.path ?? [])],
  });
  return z.NEVER;
}
