import assert from 'node:assert/strict';
import { test } from 'node:test';
import { COMMANDS } from '../../src/cli/definitions.ts';
import { LOAD } from '../../src/cli/load.ts';

test('each command has its code, and no code is without a command', async () => {
  assert.deepEqual(Object.keys(LOAD).sort(), COMMANDS.map(({ name }) => name).sort());
  for (const load of Object.values(LOAD)) assert.equal(typeof (await load()), 'function');
});
