import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { publishedSchema } from '../../src/published/form.ts';
import { publishedText } from '../../src/published/write.ts';
import { PACKAGE } from '../support/clone.ts';
import { SCENARIOS, type ScenarioName } from '../support/demo/scenarios.ts';
import { schemaErrors } from '../support/json-schema.ts';
import { publishedOf } from '../support/published.ts';

const FILE = join(PACKAGE, 'doc/status.schema.json');
/** A daemon is started for each. They have all kinds of links, and a next boot that is known or a guess. */
const NAMES: readonly ScenarioName[] = ['story', 'in-sync', 'never-built'];

test('doc/status.schema.json is the schema of the form', () => {
  const schema = JSON.parse(JSON.stringify(publishedSchema()));
  if (process.env.UPDATE_GOLDEN === '1') writeFileSync(FILE, `${JSON.stringify(schema, null, 2)}\n`);
  assert.deepEqual(JSON.parse(readFileSync(FILE, 'utf8')), schema, 'write it with UPDATE_GOLDEN=1');
});

test('published status files have the form, and no field that the schema does not describe', () => {
  for (const name of NAMES) {
    const published = publishedOf(SCENARIOS[name](Date.now()));
    assert.deepEqual(schemaErrors(published, publishedSchema()), [], name);
  }
});

test('the schema refuses what the form refuses', () => {
  const published = JSON.parse(publishedText(publishedOf(SCENARIOS.story(Date.now()))));
  for (const key of Object.keys(published)) {
    const { [key]: _, ...rest } = published;
    assert.deepEqual(schemaErrors(rest, publishedSchema()), [`.${key} is missing`]);
  }
  assert.notDeepEqual(schemaErrors({ ...published, schema: 1 }, publishedSchema()), []);
  assert.notDeepEqual(schemaErrors({ ...published, takenAtMs: '2026' }, publishedSchema()), []);
});
