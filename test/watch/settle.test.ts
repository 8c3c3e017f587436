import assert from 'node:assert/strict';
import { beforeEach, mock, test } from 'node:test';
import { createSettling, type Settling } from '../../src/watch/settle.ts';

/** A settling under a clock of the test's own; `done` holds the times at which it was over. */
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

test('it is over when it has been quiet', () => {
  const { settling, done, pass } = clocked(1000, 60_000);
  settling.hint();
  pass(900);
  settling.hint();
  pass(5000);
  assert.deepEqual(done, [1900]);
});

test('a thousand hints are over once', () => {
  const { settling, done, pass } = clocked(1000, 60_000);
  for (let hint = 0; hint < 1000; hint++) {
    settling.hint();
    pass(10);
  }
  pass(2000);
  assert.deepEqual(done, [10_990]);
});

test('while work is under way it waits, at the latest until the bound', () => {
  const state = clocked(1000, 20_000);
  state.busy = true;
  state.settling.hint();
  state.pass(10_000);
  assert.deepEqual(state.done, []);
  state.pass(20_000);
  assert.deepEqual(state.done, [20_000]);
});

test('what moves while work is under way may be its end: soon after it is over', () => {
  const state = clocked(300, 60_000);
  state.busy = true;
  state.settling.hint();
  state.pass(350);
  state.busy = false;
  state.settling.hint();
  state.pass(5000);
  assert.deepEqual(state.done, [650]);
});

test('work that ends without a trace is over within a second', () => {
  const state = clocked(300, 60_000);
  state.busy = true;
  state.settling.hint();
  state.pass(5000);
  state.busy = false;
  state.pass(5000);
  assert.deepEqual(state.done, [5300]);
});

test('hints without end are over at the bound, and then again', () => {
  const { settling, done, pass } = clocked(1000, 5000);
  for (let hint = 0; hint < 120; hint++) {
    settling.hint();
    pass(100);
  }
  assert.deepEqual(done, [5000, 10_000]);
});

test('stopped, it is never over', () => {
  const { settling, done, pass } = clocked(1000, 5000);
  settling.hint();
  settling.stop();
  pass(10_000);
  assert.deepEqual(done, []);
});
