import { isRecord, textList } from '../model/untrusted.ts';

/**
 * The form of a JSON value, written once: the reader, the TypeScript type (`TypeOf`) and the JSON Schema follow from it.
 * Not zod: the agent of each session and each prompt load this file, and zod would take most of their memory and time.
 */
export interface Form<T> {
  /** The parts of the value that the form names; INVALID: the value has another form. */
  read(value: unknown): T | typeof INVALID;
  /** Draft 2020-12. `shared` receives the schema of each form that has a name, for `$defs`. */
  schema(shared: Map<string, JsonSchema>): JsonSchema;
}

export type TypeOf<F> = F extends Form<infer T> ? T : never;
export type JsonSchema = Readonly<Record<string, unknown>>;
export const INVALID = Symbol('invalid');

export const text: Form<string> = checked('string', (value) => typeof value === 'string');
export const flag: Form<boolean> = checked('boolean', (value) => typeof value === 'boolean');
export const number: Form<number> = checked('number', (value) => typeof value === 'number');
export const texts: Form<readonly string[]> = {
  read: (value) => textList(value) ?? INVALID,
  schema: () => ({ type: 'array', items: { type: 'string' } }),
};

function checked<T>(type: string, is: (value: unknown) => value is T): Form<T> {
  return { read: (value) => (is(value) ? value : INVALID), schema: () => ({ type }) };
}

export function constant<const T extends string | number | boolean>(only: T): Form<T> {
  return { read: (value) => (value === only ? only : INVALID), schema: () => ({ const: only }) };
}

export function oneOf<const T extends string>(allowed: readonly T[]): Form<T> {
  return {
    read: (value) => allowed.find((each) => each === value) ?? INVALID,
    schema: () => ({ enum: allowed }),
  };
}

export function nullable<T>(form: Form<T>): Form<T | null> {
  return {
    read: (value) => (value === null ? null : form.read(value)),
    schema: (shared) => ({ anyOf: [form.schema(shared), { type: 'null' }] }),
  };
}

/** The first of these forms that the value has. */
export function either<const F extends readonly Form<unknown>[]>(...forms: F): Form<TypeOf<F[number]>>;
export function either(...forms: readonly Form<unknown>[]): Form<unknown> {
  return {
    read: (value) => {
      for (const form of forms) {
        const read = form.read(value);
        if (read !== INVALID) return read;
      }
      return INVALID;
    },
    schema: (shared) => ({ anyOf: forms.map((form) => form.schema(shared)) }),
  };
}

export function list<T>(item: Form<T>): Form<readonly T[]> {
  return {
    read: (value) => {
      if (!Array.isArray(value)) return INVALID;
      const items = readable(value, item);
      return items.length < value.length ? INVALID : items;
    },
    schema: (shared) => ({ type: 'array', items: item.schema(shared) }),
  };
}

/** A list of at least one. */
export function someOf<T>(item: Form<T>): Form<readonly [T, ...T[]]> {
  const all = list(item);
  return {
    read: (value) => {
      const items = all.read(value);
      if (items === INVALID) return INVALID;
      const [first, ...others] = items;
      return first === undefined ? INVALID : [first, ...others];
    },
    schema: (shared) => ({ ...all.schema(shared), minItems: 1 }),
  };
}

/** A list from which the reader drops items that it cannot read: a newer program may have more kinds. */
export function readableOf<T>(item: Form<T>): Form<readonly T[]> {
  return {
    read: (value) => (Array.isArray(value) ? readable(value, item) : []),
    schema: (shared) => list(item).schema(shared),
  };
}

function readable<T>(values: readonly unknown[], item: Form<T>): T[] {
  return values.flatMap((value) => {
    const read = item.read(value);
    return read === INVALID ? [] : [read];
  });
}

/** An object with arbitrary names, such as paths, and values of one form. */
export function byName<T>(item: Form<T>): Form<Readonly<Record<string, T>>> {
  return {
    read: (value) => {
      if (!isRecord(value)) return INVALID;
      const entries = Object.entries(value);
      const items = entries.flatMap(([name, each]): [string, T][] => {
        const read = item.read(each);
        return read === INVALID ? [] : [[name, read]];
      });
      return items.length < entries.length ? INVALID : Object.fromEntries(items);
    },
    schema: (shared) => ({ type: 'object', additionalProperties: item.schema(shared) }),
  };
}

/** A form whose reader returns `otherwise` for a value that it cannot read. */
export function orElse<T>(form: Form<T>, otherwise: T): Form<T> {
  return {
    read: (value) => {
      const read = form.read(value);
      return read === INVALID ? otherwise : read;
    },
    schema: form.schema,
  };
}

/** A form with a condition that the JSON Schema does not express. */
export function where<T>(form: Form<T>, holds: (value: T) => boolean): Form<T> {
  return {
    read: (value) => {
      const read = form.read(value);
      return read !== INVALID && holds(read) ? read : INVALID;
    },
    schema: form.schema,
  };
}

/** A form with a sentence for people about the value. */
export function described<T>(description: string, form: Form<T>): Form<T> {
  return { read: form.read, schema: (shared) => ({ description, ...form.schema(shared) }) };
}

/** A form that the JSON Schema writes out once, under this name. */
export function named<T>(name: string, form: Form<T>): Form<T> {
  return {
    read: form.read,
    schema: (shared) => {
      if (!shared.has(name)) shared.set(name, form.schema(shared));
      return { $ref: `#/$defs/${name}` };
    },
  };
}

type Fields = Readonly<Record<string, Form<unknown>>>;
type NoFields = Readonly<Record<never, Form<unknown>>>;
type Flat<T> = { [K in keyof T]: T[K] };
type RecordOf<R extends Fields, O extends Fields> = Flat<
  { readonly [K in keyof R]: TypeOf<R[K]> } & { readonly [K in keyof O]?: TypeOf<O[K]> }
>;

/**
 * An object with these fields. Readers ignore all others: a newer program may have more. `added`: fields that the writer
 * computes for other readers, and that the reader here ignores.
 */
export function record<R extends Fields, O extends Fields = NoFields>(
  required: R,
  { optional, added = {} }: { readonly optional?: O; readonly added?: Fields } = {},
): Form<RecordOf<R, O>> {
  const forms: Fields = { ...required, ...optional };
  return {
    read: (value) => {
      if (!isRecord(value)) return INVALID;
      const fields: Record<string, unknown> = {};
      for (const [name, form] of Object.entries(forms)) {
        const part = value[name];
        if (part === undefined && !(name in required)) continue;
        const read = form.read(part);
        if (read === INVALID) return INVALID;
        fields[name] = read;
      }
      // Checked above, field by field; the compiler cannot follow that.
      return fields as RecordOf<R, O>;
    },
    schema: (shared) => ({
      type: 'object',
      properties: mapped({ ...forms, ...added }, (form) => form.schema(shared)),
      required: Object.keys({ ...required, ...added }),
    }),
  };
}

/** An object of which only some fields are described; the reader keeps the others as they are. */
export function open<F extends Fields>(
  fields: F,
): Form<RecordOf<F, NoFields> & Readonly<Record<string, unknown>>> {
  const described = record(fields);
  return {
    read: (value) => {
      const read = described.read(value);
      return read === INVALID || !isRecord(value) ? INVALID : { ...value, ...read };
    },
    schema: (shared) => ({ ...described.schema(shared), additionalProperties: true }),
  };
}

function mapped<T>(fields: Fields, change: (form: Form<unknown>) => T): Record<string, T> {
  return Object.fromEntries(Object.entries(fields).map(([name, form]) => [name, change(form)]));
}
