import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { parse } from 'smol-toml';
import { parseSettings } from '../../src/config/read-settings.ts';
import { DEFAULT_SETTINGS, fileSchema } from '../../src/config/settings.ts';

const PATH = join(import.meta.dirname, '../../../doc/aufswatch.toml.example');
const TEXT = readFileSync(PATH, 'utf8');
/** Prose has a blank behind its comment sign; settings have none. */
const SETTINGS = TEXT.replace(/^#(?=[\w[])/gm, '');

/** `settle.quiet` and so on: the names of all settings that have a value. */
function keysOf(value: unknown, path = ''): string[] {
  if (Array.isArray(value)) {
    const tables = value.filter((item) => typeof item === 'object');
    return tables.length > 0 ? [...new Set(tables.flatMap((item) => keysOf(item, path)))] : [path];
  }
  if (typeof value !== 'object' || value === null || value instanceof Date) return [path];
  return Object.entries(value).flatMap(([key, inner]) => keysOf(inner, path === '' ? key : `${path}.${key}`));
}

test('the shipped example changes nothing', () => {
  assert.deepEqual(parseSettings('example', TEXT), { ok: true, value: DEFAULT_SETTINGS });
});

test('without its comment signs it is valid, and has every key', () => {
  const result = parseSettings('example', SETTINGS);
  assert.deepEqual(result.ok ? [] : result.mistakes, []);
  const all = fileSchema.parse({ exec: [{ command: ['true'] }] });
  assert.deepEqual(keysOf(parse(SETTINGS)).sort(), keysOf(all).sort());
});

test('the values that it shows as defaults are the defaults', () => {
  const result = parseSettings('example', SETTINGS);
  assert.ok(result.ok);
  const { schedule, settle, retention, log, guard, rehearsal } = result.value;
  const shown = { schedule, settle, retention, log, guard, rehearsal };
  assert.deepEqual({ ...DEFAULT_SETTINGS, ...shown }, DEFAULT_SETTINGS);
  assert.deepEqual({ ...result.value.notify, quietHours: null }, DEFAULT_SETTINGS.notify);
  const { wanted, kernelDirectory } = result.value.preferences;
  assert.equal(wanted, DEFAULT_SETTINGS.preferences.wanted);
  assert.equal(kernelDirectory, DEFAULT_SETTINGS.preferences.kernelDirectory);
});

test('a schedule that can never occur is an error on its line', () => {
  const result = parseSettings('x.toml', '[schedule]\nreconcile = "99 * * * *"\n');
  assert.ok(!result.ok);
  assert.match(result.mistakes[0] ?? '', /^x\.toml:2: "schedule\.reconcile" must be five fields/);
});
