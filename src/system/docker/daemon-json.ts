import {
  type Directive,
  type FileContent,
  NO_STORAGE_SETTINGS,
  type StorageSettings,
} from '../../model/docker-configuration.ts';
import { jsonPrefix } from './json-prefix.ts';

/** More than any dockerd has; every version refuses a file with more. */
const DIRECTIVES_MAX = 300;
const NAME_MAX = 100;

/**
 * Parses a configuration file of dockerd: the names of all settings, and the values of the storage settings. Mistakes
 * that only some versions of dockerd refuse are listed separately.
 */
export function parseDaemonJson(text: string): FileContent {
  const byteOrderMark = text.startsWith('\uFEFF');
  const body = byteOrderMark ? text.slice(1) : text;
  if (body.trim() === '') return { state: 'empty' };
  const { value, rest } = firstValue(body);
  if (value === undefined) return { state: 'malformed', why: 'it is not valid JSON' };
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return { state: 'malformed', why: 'it is not a JSON object' };
  const fields = Object.entries(value);
  return {
    state: 'read',
    byteOrderMark,
    rest,
    directives: fields.flatMap(directivesOf).slice(0, DIRECTIVES_MAX),
    storage: storageSettings(new Map<string, unknown>(fields)),
  };
}

/** Parses the whole text as JSON, else the JSON value at its beginning (`rest`: text follows); undefined: neither works. */
function firstValue(text: string): { value: unknown; rest: boolean } {
  const whole = parsed(text);
  if (whole !== undefined) return { value: whole, rest: false };
  const prefix = jsonPrefix(text);
  return prefix === null ? { value: undefined, rest: false } : { value: parsed(prefix), rest: true };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function directivesOf([name, value]: [string, unknown]): Directive[] {
  const type = typeOf(value);
  const own: Directive = { name: shown(name), type, inside: null };
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [own];
  const inner = Object.entries(value).slice(0, DIRECTIVES_MAX);
  return [
    own,
    ...inner.map(([key, each]): Directive => ({ name: shown(key), type: typeOf(each), inside: own.name })),
  ];
}

/** A name for the terminal: no version has a name with control characters. */
function shown(name: string): string {
  return name.replace(/\p{Cc}/gu, '?').slice(0, NAME_MAX);
}

function typeOf(value: unknown): Directive['type'] {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'list';
  switch (typeof value) {
    case 'string':
      return 'text';
    case 'number':
      return 'number';
    case 'boolean':
      return 'flag';
    default:
      return 'map';
  }
}

function storageSettings(fields: ReadonlyMap<string, unknown>): StorageSettings {
  const textOf = (name: string): string | null => {
    const value = fields.get(name);
    return typeof value === 'string' && value !== '' ? value : null;
  };
  const options: unknown = fields.get('storage-opts');
  const features: unknown = fields.get('features');
  const store =
    typeof features === 'object' && features !== null
      ? new Map<string, unknown>(Object.entries(features)).get('containerd-snapshotter')
      : null;
  return {
    ...NO_STORAGE_SETTINGS,
    driver: textOf('storage-driver'),
    dataRoot: textOf('data-root'),
    graph: textOf('graph'),
    usernsRemap: textOf('userns-remap'),
    options: Array.isArray(options) ? options.filter((each): each is string => typeof each === 'string') : [],
    containerdStore: typeof store === 'boolean' ? store : null,
  };
}
