import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inScope } from '../../src/daemon/scope.ts';

/** Starts three resources, of which the n-th fails to start (0: none). Returns which were closed, in order. */
async function endedWhenFails(n: number): Promise<{ ended: number[]; error: unknown }> {
  const ended: number[] = [];
  let error: unknown = null;
  await inScope(async (scope) => {
    for (const number of [1, 2, 3]) {
      if (number === n) throw new Error(`no ${number}`);
      scope.add(number, async (started) => {
        await Promise.resolve();
        ended.push(started);
      });
    }
  }).catch((thrown: unknown) => {
    error = thrown;
  });
  return { ended, error };
}

test('resources are closed in reverse order, also if a later one fails to start', async () => {
  assert.deepEqual(await endedWhenFails(0), { ended: [3, 2, 1], error: null });
  assert.deepEqual(await endedWhenFails(3), { ended: [2, 1], error: new Error('no 3') });
  assert.deepEqual(await endedWhenFails(2), { ended: [1], error: new Error('no 2') });
  assert.deepEqual(await endedWhenFails(1), { ended: [], error: new Error('no 1') });
});

test('if one close fails, the others still run; the error is reported unless the body failed before', async () => {
  const ended: string[] = [];
  const run = (body: () => string): Promise<string> =>
    inScope(async (scope) => {
      scope.add('first', (name) => ended.push(name));
      scope.add('second', () => {
        throw new Error('the end failed');
      });
      return body();
    });
  await assert.rejects(
    run(() => 'done'),
    /the end failed/,
  );
  await assert.rejects(
    run(() => {
      throw new Error('the body failed');
    }),
    /the body failed/,
  );
  assert.deepEqual(ended, ['first', 'first']);
});

test('it returns the result of the body', async () => {
  assert.equal(await inScope(async (scope) => scope.add(7, () => {})), 7);
});
