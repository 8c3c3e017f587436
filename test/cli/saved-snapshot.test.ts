import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { compactSnapshot, expandSnapshot } from '../../src/cli/compact-snapshot.ts';
import { readSavedSnapshot } from '../../src/cli/saved-snapshot.ts';
import { snapshotForm } from '../../src/cli/snapshot-form/snapshot.ts';
import { inSync } from '../../src/demo/in-sync.ts';
import { writeMachine } from '../../src/demo/machine.ts';
import { known } from '../../src/model/fact.ts';
import { NOW, read } from '../support/machines.ts';
import { temporaryDirectory } from '../support/temporary.ts';

async function saved(): Promise<Record<string, unknown>> {
  const root = join(temporaryDirectory(), 'root');
  writeMachine(root, inSync(NOW));
  return Object(compactSnapshot(await read(root)));
}

function complaint(text: string): string {
  const path = join(temporaryDirectory(), 'saved');
  writeFileSync(path, text);
  const result = readSavedSnapshot(path);
  return result.ok ? 'none' : result.message.replace(`${path} `, '');
}

test('for a list that is wrong from its beginning, only the first value is read and named', async () => {
  const snapshot = await saved();
  const zeros = Array.from({ length: 100_000 }, () => 0);
  const text = JSON.stringify({ ...snapshot, problems: zeros });
  assert.match(complaint(text), /^is not a whole snapshot: problems\.0: Invalid input/);
  // zod keeps each issue: a list of a MB took hundreds of MB.
  const { error } = snapshotForm.safeParse({ ...snapshot, held: undefined, problems: zeros });
  const issues = error?.issues.filter(({ path }) => path[0] === 'problems') ?? [];
  assert.deepEqual(
    issues.map(({ path }) => path),
    [['problems', 0]],
  );
  const names = Object.fromEntries(zeros.map((_, index) => [`n${index}`, 0]));
  assert.ok(complaint(JSON.stringify({ ...snapshot, ...names })).length < 400, 'a message of one line');
});

test('a snapshot with more values than any machine has is refused before it is read', async () => {
  const text = JSON.stringify({ ...(await saved()), problems: Array.from({ length: 500_001 }, () => 0) });
  assert.equal(complaint(text), 'holds more than 500000 values');
});

test('endless nesting is refused in a field that is read, and ignored in any other', async () => {
  const text = JSON.stringify({ ...(await saved()), problems: undefined });
  const deep = `${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`;
  assert.match(complaint(`${text.slice(0, -1)},"problems":${deep}}`), /^is not a whole snapshot: /);
  assert.equal(complaint(`${JSON.stringify(await saved()).slice(0, -1)},"deep":${deep}}`), 'none');
});

test('fields that a newer version added are ignored', async () => {
  const snapshot = await saved();
  const newer = JSON.parse(JSON.stringify(snapshot), (_, value: unknown) =>
    typeof value === 'object' && value !== null && !Array.isArray(value) && 'known' in value
      ? { ...value, since: 'a later version' }
      : value,
  );
  assert.equal(complaint(JSON.stringify({ ...newer, weather: { is: 'fine' } })), 'none');
});

test('no part of the form refuses an unknown field', () => {
  const directory = join(import.meta.dirname, '../../../src/cli/snapshot-form');
  const forms = readdirSync(directory);
  assert.ok(forms.includes('snapshot.ts') && forms.includes('docker.ts'));
  for (const name of forms)
    assert.doesNotMatch(readFileSync(join(directory, name), 'utf8'), /strictObject/, name);
});

test('a time outside of the calendar is refused', async () => {
  const text = JSON.stringify({ ...(await saved()), takenAt: 1e308 });
  assert.match(complaint(text), /^is not a whole snapshot: takenAt: /);
});

test('a bare value of an older aufswatch becomes a fact, and null becomes unknown', async () => {
  const snapshot = expandSnapshot(await saved());
  const older = (bare: number | null): unknown =>
    JSON.parse(JSON.stringify(snapshot), (key, value: unknown) =>
      key === 'abi' ? Object.assign(Object(value), { structSize: bare, btfSince: bare }) : value,
    );
  const sizes = (bare: number | null) => {
    const { running, modules } = snapshotForm.parse(older(bare));
    return [running, ...modules].flatMap(({ abi }) => [abi.structSize, abi.btfSince]);
  };
  assert.ok(sizes(1344).length > 2);
  for (const fact of sizes(1344)) assert.deepEqual(fact, known(1344));
  for (const fact of sizes(null)) assert.equal(fact.known, false);
});

test('a snapshot of schema 1 is read: its key for problems was troubles', async () => {
  const { problems: _, ...snapshot } = await saved();
  const troubles = [{ part: 'docker', path: '/etc/docker/daemon.json', detail: 'it is a directory' }];
  const path = join(temporaryDirectory(), 'saved');
  writeFileSync(path, JSON.stringify({ ...snapshot, schema: 1, troubles }));
  const result = readSavedSnapshot(path);
  assert.ok(result.ok, 'it was not read');
  assert.deepEqual([result.value.schema, result.value.problems], [2, troubles]);
  assert.match(complaint(JSON.stringify({ ...snapshot, schema: 1 })), /^is not a whole snapshot: problems: /);
  assert.match(complaint(JSON.stringify({ ...snapshot, schema: 3, problems: [] })), /another form than 2/);
});
