import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { createWorker } from '../../src/daemon/worker.ts';

test('requests during a run are joined into one more run', async () => {
  const runs: string[][] = [];
  let release = (): void => {};
  const gate = new Promise<void>((resolve) => {
    release = resolve;
  });
  const worker = createWorker<string[]>(
    (a, b) => [...a, ...b],
    async (request) => {
      runs.push(request);
      if (runs.length === 1) await gate;
    },
  );
  worker.request(['a']);
  await Promise.resolve();
  await Promise.resolve();
  worker.request(['b']);
  worker.request(['c']);
  release();
  await worker.idle();
  assert.deepEqual(runs, [['a'], ['b', 'c']]);
});

test('two runs never overlap, and no request is lost', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(fc.nat(3), fc.nat(3)), { maxLength: 30 }), async (steps) => {
      const seen: number[] = [];
      let under = 0;
      let most = 0;
      const worker = createWorker<number[]>(
        (a, b) => [...a, ...b],
        async (request) => {
          most = Math.max(most, ++under);
          for (let turn = 0; turn < (request[0] ?? 0) % 3; turn++) await Promise.resolve();
          seen.push(...request);
          under--;
        },
      );
      for (const [index, [turns]] of steps.entries()) {
        worker.request([index]);
        for (let turn = 0; turn < turns; turn++) await Promise.resolve();
      }
      await worker.idle();
      assert.ok(most <= 1);
      assert.deepEqual(
        seen,
        steps.map((_, index) => index),
      );
    }),
  );
});
