import { isUtf8 } from 'node:buffer';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { parse, TomlError } from 'smol-toml';
import type * as z from 'zod';
import type { Preferences } from '../model/preferences.ts';
import { errorCode } from '../system/system-error.ts';
import { lineOfKey } from './line-of-key.ts';
import { DEFAULT_SETTINGS, type Settings, settingsSchema } from './settings.ts';

export const SETTINGS_PATH = '/etc/aufswatch.toml';
const LIMIT = 256 * 1024;

export type SettingsResult =
  | { readonly ok: true; readonly value: Settings }
  /** One line a mistake, each `FILE:LINE: what is wrong and what is allowed`. */
  | { readonly ok: false; readonly mistakes: readonly string[] };

/**
 * Reads the configuration. Without a path of the user's it is the root's own /etc/aufswatch.toml, which need not
 * exist; one that the user names must.
 */
export function readSettings(given: string | null, root = '/'): SettingsResult {
  const path = given ?? join(root, SETTINGS_PATH);
  try {
    const stat = statSync(path);
    if (!stat.isFile()) return { ok: false, mistakes: [`${path} is not a file`] };
    if (stat.size > LIMIT) return { ok: false, mistakes: [`${path} is larger than ${LIMIT} bytes`] };
    const bytes = readFileSync(path);
    if (!isUtf8(bytes)) {
      const mistake = `${path}:${lineOfOther(bytes)}: it is not all UTF-8; save the file in that encoding`;
      return { ok: false, mistakes: [mistake] };
    }
    return parseSettings(path, bytes.toString('utf8'));
  } catch (error) {
    const code = errorCode(error);
    if (code === null) throw error;
    if (code === 'ENOENT' && given === null) return { ok: true, value: DEFAULT_SETTINGS };
    return { ok: false, mistakes: [`${path} cannot be read: ${code === 'ENOENT' ? 'no such file' : code}`] };
  }
}

/** The first line, counted from 1, that is not UTF-8: in no character of it is a byte like a line's end. */
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

/** The part of the configuration that facts and verdict depend on. */
export function preferencesOf(settings: Settings): Preferences {
  return {
    wanted: settings.wanted,
    kernelDirectory: settings.sources.kernel_directory,
    patchDirectories: settings.sources.patch_directories,
    nextBootImage: settings.boot.next_image,
    optionalModules: settings.modules.optional.map(kernelName),
    ignoredModules: settings.modules.ignored.map(kernelName),
  };
}

/** As the kernel names modules: `_` for `-`. */
function kernelName(name: string): string {
  return name.replaceAll('-', '_');
}
