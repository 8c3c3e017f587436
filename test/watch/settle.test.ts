import assert from 'node:assert/strict';
import { beforeEach, mock, test } from 'node:test';
import { createSettling, type Settling } from '../../src/watch/settle.ts';

/** Settling with a clock of the test; `done` has the times at which it ended. */
interface Clocked {
  readonly settling: Settling;
  readonly done: number[];
  busy: boolean;
  pass(ms: number): void;
}

beforeEach(() => mock.timers.reset());

function clocked(quiet: number, longest: number): Clocked {
  mock.timers.enable({ apis: ['setTimeout'] });
  let time = 0;
  const done: number[] = [];
  const state: Clocked = {
    busy: false,
    done,
    settling: createSettling({
      spans: () => ({ quietMs: quiet, longestMs: longest }),
      work: () => (state.busy ? 'make' : null),
      delayed: () => {},
      done: () => done.push(time),
      now: () => time,
    }),
    pass: (ms) => {
      for (let passed = 0; passed < ms; passed++) {
        time++;
        mock.timers.tick(1);
      }
    },
  };
  return state;
}

test('settling ends when it has been quiet', () => {
  const { settling, done, pass } = clocked(1000, 60_000);
  settling.hint();
  pass(900);
  settling.hint();
  pass(5000);
  assert.deepEqual(done, [1900]);
});

test('a thousand hints end once', () => {
  const { settling, done, pass } = clocked(1000, 60_000);
  for (let hint = 0; hint < 1000; hint++) {
    settling.hint();
    pass(10);
  }
  pass(2000);
  assert.deepEqual(done, [10_990]);
});

test('while work is in progress it waits, at most until the limit', () => {
  const state = clocked(1000, 20_000);
  state.busy = true;
  state.settling.hint();
  state.pass(10_000);
  assert.deepEqual(state.done, []);
  state.pass(20_000);
  assert.deepEqual(state.done, [20_000]);
});

test('a change during work may be its end: settling ends soon after it is over', () => {
  const state = clocked(300, 60_000);
  state.busy = true;
  state.settling.hint();
  state.pass(350);
  state.busy = false;
  state.settling.hint();
  state.pass(5000);
  assert.deepEqual(state.done, [650]);
});

test('after work that ends without an event, settling ends within a second', () => {
  const state = clocked(300, 60_000);
  state.busy = true;
  state.settling.hint();
  state.pass(5000);
  state.busy = false;
  state.pass(5000);
  assert.deepEqual(state.done, [5300]);
});

test('with endless hints settling ends at the limit, and then again', () => {
  const { settling, done, pass } = clocked(1000, 5000);
  for (let hint = 0; hint < 120; hint++) {
    settling.hint();
    pass(100);
  }
  assert.deepEqual(done, [5000, 10_000]);
});

test('if it is stopped, settling never ends', () => {
  const { settling, done, pass } = clocked(1000, 5000);
  settling.hint();
  settling.stop();
  pass(10_000);
  assert.deepEqual(done, []);
});
