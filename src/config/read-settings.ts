import { isUtf8 } from 'node:buffer';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { parse, TomlError } from 'smol-toml';
import type * as z from 'zod';
import { openRoot, type Root } from '../system/root.ts';
import { errorCode } from '../system/system-error.ts';
import { lineOfKey } from './line-of-key.ts';
import { DEFAULT_SETTINGS, type Settings, settingsSchema } from './settings.ts';
import { SETTINGS_PATH } from './settings-path.ts';

const LIMIT = 256 * 1024;

export type SettingsResult =
  | { readonly ok: true; readonly value: Settings }
  /** One line for each mistake: `FILE:LINE: what is wrong and what is allowed`. */
  | { readonly ok: false; readonly mistakes: readonly string[] };

/**
 * Reads the configuration. `given`: a file that the user names, which must exist; null: /etc/aufswatch.toml of the root,
 * which need not. Of the file of another root, only the preferences about that machine count: the maker of an image must
 * not choose which commands root runs here, which files are written and which reboots are blocked.
 */
export function readSettings(given: string | null, root = '/'): SettingsResult {
  return given === null ? readOwn(root) : readNamed(given);
}

function readOwn(directory: string): SettingsResult {
  const path = join(directory, SETTINGS_PATH);
  const root = rootAt(directory);
  if (root === null) return { ok: false, mistakes: [`${directory} is no directory that can be read`] };
  const bytes = root.readBytes(SETTINGS_PATH, LIMIT);
  if (!bytes.known) {
    return bytes.code === 'missing'
      ? { ok: true, value: DEFAULT_SETTINGS }
      : { ok: false, mistakes: [`${path} cannot be read: ${bytes.detail}`] };
  }
  const result = parseBytes(path, bytes.value);
  return result.ok && !root.isHost
    ? { ok: true, value: { ...DEFAULT_SETTINGS, preferences: result.value.preferences } }
    : result;
}

function rootAt(directory: string): Root | null {
  try {
    return openRoot(directory);
  } catch (error) {
    if (errorCode(error) === null) throw error;
    return null;
  }
}

function readNamed(path: string): SettingsResult {
  try {
    const stat = statSync(path);
    if (!stat.isFile()) return { ok: false, mistakes: [`${path} is not a file`] };
    if (stat.size > LIMIT) return { ok: false, mistakes: [`${path} is larger than ${LIMIT} bytes`] };
    return parseBytes(path, readFileSync(path));
  } catch (error) {
    const code = errorCode(error);
    if (code === null) throw error;
    return { ok: false, mistakes: [`${path} cannot be read: ${code === 'ENOENT' ? 'no such file' : code}`] };
  }
}

function parseBytes(path: string, bytes: Buffer): SettingsResult {
  if (isUtf8(bytes)) return parseSettings(path, bytes.toString('utf8'));
  const mistake = `${path}:${lineOfOther(bytes)}: it is not all UTF-8; save the file in that encoding`;
  return { ok: false, mistakes: [mistake] };
}

/** The first line, counted from 1, that is not UTF-8. No character of UTF-8 contains the byte of a line end. */
function lineOfOther(bytes: Buffer): number {
  let line = 1;
  let start = 0;
  for (let end = bytes.indexOf(LINE_END); end >= 0; end = bytes.indexOf(LINE_END, start)) {
    if (!isUtf8(bytes.subarray(start, end))) return line;
    start = end + 1;
    line++;
  }
  return line;
}

const LINE_END = 10;

/** Parses the text of a configuration; `path` is for the messages. */
export function parseSettings(path: string, text: string): SettingsResult {
  let values: unknown;
  try {
    values = parse(text);
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    const [what = 'not TOML'] = error.message.split('\n');
    return { ok: false, mistakes: [`${path}:${error.line}: ${what}`] };
  }
  const result = settingsSchema.safeParse(values);
  if (result.success) return { ok: true, value: result.data };
  return { ok: false, mistakes: result.error.issues.flatMap((issue) => mistake(path, text, issue)) };
}

function mistake(path: string, text: string, issue: z.core.$ZodIssue): string[] {
  const keys = issue.path.filter((part) => typeof part === 'string');
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => {
      const whole = [...keys, key];
      return `${path}:${lineOfKey(text, whole)}: there is no setting "${whole.join('.')}"; see aufswatch.toml(5)`;
    });
  }
  if (issue.code === 'invalid_type' && keys.join('.') === 'exec')
    return [`${path}:${lineOfKey(text, keys)}: "exec" must be a table in double brackets, [[exec]]`];
  const allowed =
    issue.code === 'custom' || issue.code === 'invalid_format' ? issue.message : allowedValues(issue);
  return [`${path}:${lineOfKey(text, keys)}: "${keys.join('.')}" must be ${allowed}`];
}

function allowedValues(issue: z.core.$ZodIssue): string {
  if (issue.code === 'invalid_value')
    return `one of ${issue.values.map((value) => `"${String(value)}"`).join(', ')}`;
  if (issue.code === 'invalid_type') return TYPES[issue.expected] ?? issue.expected;
  if (issue.code === 'too_small') return `at least ${issue.minimum}`;
  if (issue.code === 'too_big') return `at most ${issue.maximum}`;
  return issue.message;
}

const TYPES: Readonly<Record<string, string>> = {
  array: 'a list, as ["…"]',
  boolean: 'true or false',
  int: 'a whole number',
  number: 'a number',
  object: 'a table',
  string: 'a text in quotes',
};
