import { isRecord } from '../../src/model/untrusted.ts';

/**
 * The errors of a value by a JSON Schema (draft 2020-12), each with its path; empty: none. Supports only the keywords
 * that src/published/json-form.ts writes. Stricter than the standard: a property that the schema does not name is an
 * error, unless `additionalProperties` says otherwise.
 */
export function schemaErrors(value: unknown, root: unknown): string[] {
  return errorsIn(value, root, '');

  function errorsIn(value: unknown, schema: unknown, at: string): string[] {
    if (!isRecord(schema)) return [`${at}: no schema`];
    const { $schema, $defs, title, description, ...keywords } = schema;
    return Object.entries(keywords).flatMap(([keyword, what]) => {
      switch (keyword) {
        case '$ref':
          return errorsIn(value, definition(String(what)), at);
        case 'type':
          return typeOf(value) === what ? [] : [`${at} is ${typeOf(value)}, not ${what}`];
        case 'const':
          return value === what ? [] : [`${at} is not ${what}`];
        case 'enum':
          return Array.isArray(what) && what.includes(value) ? [] : [`${at} is none of ${what}`];
        case 'anyOf':
          return anyOf(value, what, at);
        case 'minItems':
          return Array.isArray(value) && value.length >= Number(what) ? [] : [`${at} is too short`];
        case 'items':
          return Array.isArray(value) ? value.flatMap((item, n) => errorsIn(item, what, `${at}[${n}]`)) : [];
        case 'required':
          return isRecord(value) && Array.isArray(what)
            ? what.flatMap((name) => (Object.hasOwn(value, name) ? [] : [`${at}.${name} is missing`]))
            : [];
        case 'properties':
          return isRecord(value) ? properties(value, schema, at) : [];
        case 'additionalProperties':
          return isRecord(value) && !('properties' in schema) ? properties(value, schema, at) : [];
        default:
          return [`${at}: the keyword ${keyword} is not checked`];
      }
    });
  }

  function properties(value: Record<string, unknown>, schema: Record<string, unknown>, at: string): string[] {
    const described = isRecord(schema.properties) ? schema.properties : {};
    const { additionalProperties: others } = schema;
    return Object.entries(value).flatMap(([name, part]) => {
      if (Object.hasOwn(described, name)) return errorsIn(part, described[name], `${at}.${name}`);
      if (others === true) return [];
      return others === undefined
        ? [`${at}.${name} is not described`]
        : errorsIn(part, others, `${at}.${name}`);
    });
  }

  /** The errors of the alternative with the fewest errors. */
  function anyOf(value: unknown, schemas: unknown, at: string): string[] {
    const all = Array.isArray(schemas) ? schemas.map((each) => errorsIn(value, each, at)) : [];
    return all.toSorted((a, b) => a.length - b.length)[0] ?? [`${at}: no alternative`];
  }

  function definition(ref: string): unknown {
    const name = ref.replace('#/$defs/', '');
    return isRecord(root) && isRecord(root.$defs) ? root.$defs[name] : undefined;
  }
}

function typeOf(value: unknown): string {
  return value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value;
}
