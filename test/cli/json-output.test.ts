import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, suite, test } from 'node:test';
import { knownCommands } from '../../src/cli/commands.ts';
import { JSON_SCHEMAS } from '../../src/cli/json-output.ts';
import { writeMachine } from '../../src/demo/machine.ts';
import { patchedAgainNotRebuilt } from '../../src/demo/story.ts';
import { isRecord } from '../../src/model/untrusted.ts';
import { PUBLISHED_FIELDS, PUBLISHED_SCHEMA } from '../../src/published/form.ts';
import { PACKAGE } from '../support/clone.ts';
import { aufswatch, PROGRAM } from '../support/program.ts';
import { temporaryDirectory } from '../support/temporary.ts';

const PAGE = readFileSync(join(PACKAGE, 'doc/json.md'), 'utf8');

/** The text of the page under a heading, up to the next heading. */
function section(heading: string): string {
  const [, text] = PAGE.split(new RegExp(`^#+ ${heading}$`, 'm'));
  assert.ok(text !== undefined, `doc/json.md has no heading "${heading}"`);
  return text.split(/^#{1,3} /m)[0] ?? '';
}

suite('the JSON of each command', async () => {
  const commands = (await knownCommands()).flatMap(({ name, options }) => ('json' in options ? [name] : []));
  const root = join(temporaryDirectory(), 'root');

  before(() => {
    mkdirSync(root);
    writeMachine(root, patchedAgainNotRebuilt(Date.now()));
    assert.equal(aufswatch(['daemon', '--once', '--root', root]).status, 0);
    assert.equal(aufswatch(['ack', 'kernel-not-rebuilt', '--for', '1d', '--root', root]).status, 0);
  });

  test('each output has a schema number', () => {
    assert.deepEqual(Object.keys(JSON_SCHEMAS).toSorted(), commands.toSorted());
  });

  for (const name of Object.keys(JSON_SCHEMAS)) {
    test(`${name}: the page has its schema number and every field, and the names of times have their unit`, () => {
      const { schema, ...fields } = outputOf(name);
      assert.deepEqual(Object.entries(JSON_SCHEMAS).find(([each]) => each === name)?.[1], schema);
      const text = section(`${name} ${schema}`);
      for (const field of Object.keys(fields))
        assert.ok(text.includes(`| \`${field}\``), `${field} of ${name}`);
      assert.deepEqual(unnamedTimes(fields), []);
    });
  }

  test('status.json: the same', () => {
    const published = JSON.parse(readFileSync(join(root, 'run/aufswatch/status.json'), 'utf8'));
    assert.equal(published.schema, PUBLISHED_SCHEMA);
    const text = section('status.json');
    for (const field of Object.keys(PUBLISHED_FIELDS)) assert.ok(text.includes(`| \`${field}\``), field);
    assert.deepEqual(unnamedTimes(published), []);
  });

  function outputOf(name: string): Record<string, unknown> {
    const words: Readonly<Record<string, readonly string[]>> = {
      foretell: ['-'],
      pin: ['--show'],
      explain: ['depmod-due'],
      // Without QEMU on its path, it reports why it did nothing.
      rehearse: ['--timeout', '1s'],
    };
    const { stdout } = spawnSync(
      process.execPath,
      [PROGRAM, name, '--json', ...(words[name] ?? []), '--root', root],
      {
        input: 'sys-kernel/gentoo-sources-6.1.192\n',
        encoding: 'utf8',
        timeout: 60_000,
        env: { PATH: '/nowhere' },
      },
    );
    const value: unknown = JSON.parse(stdout);
    assert.ok(isRecord(value));
    assert.equal(Object.keys(value)[0], 'schema');
    return value;
  }
});

/** Paths of numbers that must be times (later than 2001), but whose names do not end in Ms. */
function unnamedTimes(value: unknown, name = ''): string[] {
  if (typeof value === 'number') return value > 1e12 && !name.endsWith('Ms') ? [name] : [];
  if (Array.isArray(value)) return value.flatMap((each) => unnamedTimes(each, name));
  if (!isRecord(value)) return [];
  return Object.entries(value).flatMap(([key, part]) => unnamedTimes(part, `${name}.${key}`));
}
