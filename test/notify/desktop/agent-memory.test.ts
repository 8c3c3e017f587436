import assert from 'node:assert/strict';
import { mkdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  type AgentMemory,
  readAgentMemory,
  writeAgentMemory,
} from '../../../src/notify/desktop/agent-memory.ts';
import { NOTHING_NOTIFIED } from '../../../src/notify/policy.ts';
import { temporaryDirectory } from '../../support/temporary.ts';

const NOTHING: AgentMemory = { told: NOTHING_NOTIFIED, snooze: {}, shown: null };
const FULL: AgentMemory = {
  told: {
    findings: {
      'kernel-not-rebuilt /usr/src/linux': { severity: 'warning', title: 'behind', at: 1, resolvedAt: null },
      'module-missing aufs': { severity: 'critical', title: 'gone', at: 2, resolvedAt: 3 },
    },
    showing: true,
  },
  snooze: { 'kernel-not-rebuilt /usr/src/linux': { until: 4, severity: 'warning', title: 'behind' } },
  shown: { id: 7, owner: ':1.4', session: '/run/user/1000' },
};

function file(): string {
  return join(temporaryDirectory(), 'state/aufswatch/agent.json');
}

test('the memory is read as it was written, and only the user can read it', () => {
  const path = file();
  writeAgentMemory(path, FULL);
  assert.deepEqual(readAgentMemory(path), FULL);
  assert.equal(statSync(path).mode & 0o777, 0o600);
});

test('without a file, with half of one, or with a directory instead, the memory starts empty', () => {
  const path = file();
  assert.deepEqual(readAgentMemory(path), NOTHING);
  writeAgentMemory(path, FULL);
  writeFileSync(path, JSON.stringify(FULL).slice(0, 50));
  assert.deepEqual(readAgentMemory(path), NOTHING);
  mkdirSync(`${path}.d`);
  assert.deepEqual(readAgentMemory(`${path}.d`), NOTHING);
});

test('a memory that cannot be written breaks nothing', () => {
  const path = file();
  // Even root cannot create a directory if a file has the name.
  writeFileSync(join(path, '../../..', 'state'), '');
  writeAgentMemory(path, FULL);
  assert.deepEqual(readAgentMemory(path), NOTHING);
});

test('whatever is in the file, the result has the right form', () => {
  const path = file();
  writeAgentMemory(path, NOTHING);
  const notified = fc.record({ findings: fc.anything(), showing: fc.anything() }, { requiredKeys: [] });
  const memory = fc.record(
    { told: notified, snooze: fc.anything(), shown: fc.anything() },
    { requiredKeys: [] },
  );
  fc.assert(
    fc.property(fc.oneof(memory, fc.anything()), (value) => {
      writeFileSync(path, JSON.stringify(value) ?? '');
      const read = readAgentMemory(path);
      assert.equal(typeof read.told.showing, 'boolean');
      for (const { at, title } of Object.values(read.told.findings)) {
        assert.deepEqual([typeof at, typeof title], ['number', 'string']);
      }
      for (const { until } of Object.values(read.snooze)) assert.equal(typeof until, 'number');
      if (read.shown !== null) assert.equal(typeof read.shown.id, 'number');
    }),
    { numRuns: 200 },
  );
});
