import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { patchedAgainNotRebuilt } from '../../src/demo/story.ts';
import { type DaemonStatus, readPublished } from '../../src/published/read.ts';
import { publishedOf } from '../support/published.ts';

test('what the daemon publishes is read unchanged', () => {
  const published = publishedOf(patchedAgainNotRebuilt(Date.now()));
  const { program, pid, heartbeatMs, takenAtMs, busy, findings, notify } = published;
  assert.ok(findings.length > 0);
  const { plan } = published.verdict;
  // The text of a step's command is only for other readers.
  const expected = JSON.parse(JSON.stringify({ findings, plan }), (key, value) =>
    key === 'command' ? undefined : value,
  );
  const status = { program, pid, heartbeatMs, takenAtMs, busy, notify, unread: null, ...expected };
  assert.deepEqual(readPublished(JSON.stringify(published))?.status, status);
});

test('if any part is missing or has another type, it is not read, and nothing breaks', () => {
  const published = publishedOf(patchedAgainNotRebuilt(Date.now()));
  const needed = ['schema', 'pid', 'heartbeatMs', 'takenAtMs', 'busy', 'findings', 'notify'] as const;
  fc.assert(
    fc.property(
      fc.constantFrom(...needed),
      fc.oneof(fc.object(), fc.constant(null), fc.string()),
      (key, value) => {
        assert.equal(statusIn({ ...published, [key]: value }), null);
      },
    ),
  );
  const [finding] = published.findings;
  const fields = ['code', 'subject', 'severity', 'title', 'text', 'sinceMs', 'settleMs', 'causedBy'] as const;
  fc.assert(
    fc.property(
      fc.constantFrom(...fields),
      fc.oneof(fc.object(), fc.constant(null), fc.boolean()),
      (key, value) => {
        const findings = [...published.findings, { ...finding, [key]: value }];
        assert.equal(statusIn({ ...published, findings }), null);
      },
    ),
  );
});

function statusIn(value: unknown): DaemonStatus | null {
  return readPublished(JSON.stringify(value))?.status ?? null;
}

test('any text gives a result', () => {
  fc.assert(fc.property(fc.oneof(fc.string(), fc.json()), (text) => void readPublished(text)));
});
