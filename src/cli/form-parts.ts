import * as z from 'zod';
import { type Fact, unknown } from '../model/fact.ts';

export const text = z.string();
export const number = z.number();
export const flag = z.boolean();
export const texts = z.array(text);
/** For what came later than some saved snapshots. */
export const NOT_READ = unknown('no-data', 'an older aufswatch, which took the snapshot, did not read it');

const unknownFact = z.strictObject({
  known: z.literal(false),
  code: z.enum([
    'missing',
    'denied',
    'wrong-type',
    'too-large',
    'malformed',
    'bad-link',
    'not-mounted',
    'not-running-here',
    'timeout',
    'tool',
    'no-data',
    'io',
  ]),
  detail: text,
});

/** A value, or why it is not known. */
export function fact<T>(value: z.ZodType<T>): z.ZodType<Fact<T>> {
  return z.union([z.strictObject({ known: z.literal(true), value }), unknownFact]);
}
