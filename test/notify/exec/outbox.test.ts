import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ExecMessage } from '../../../src/notify/exec/message.ts';
import {
  afterTry,
  channelName,
  due,
  type ExecChannel,
  nextDue,
  type Outbox,
  post,
} from '../../../src/notify/exec/outbox.ts';

const MAIL: ExecChannel = { command: ['mail', 'root'], timeoutMs: 1000, from: 'warning' };
const PAGER: ExecChannel = { command: ['pager'], timeoutMs: 1000, from: 'critical' };
const NAME = channelName(MAIL);
const AT = 1_000_000;
const SECOND = 1000;

function message(more: Partial<ExecMessage> = {}): ExecMessage {
  const told = { schema: 2, kind: 'tell', severity: 'warning', title: 'behind' } as const;
  return { ...told, host: 'h', atMs: 1, body: '', codes: [], ...more };
}

/** Lets every try fail until nothing is due any more; returns the times of the tries. */
function failing(start: Outbox, sent: ExecMessage): number[] {
  const tries: number[] = [];
  let outbox = start;
  for (let at = nextDue(outbox, [MAIL]); at !== null; at = nextDue(outbox, [MAIL])) {
    assert.deepEqual(due(outbox, [MAIL], at - 1), []);
    assert.deepEqual(
      due(outbox, [MAIL], at).map((one) => one.message),
      [sent],
    );
    tries.push((at - AT) / SECOND);
    outbox = afterTry(outbox, NAME, sent, false, at);
  }
  return tries;
}

test('a message that fails is tried again after growing intervals, and given up after about an hour', () => {
  const sent = message();
  assert.deepEqual(failing(post({}, [MAIL], sent, AT), sent), [0, 10, 70, 670, 4270]);
});

test('a newer message replaces one that waits, and is tried at once', () => {
  const [older, newer] = [message(), message({ title: 'worse' })];
  const waiting = afterTry(post({}, [MAIL], older, AT), NAME, older, false, AT);
  const outbox = post(waiting, [MAIL], newer, AT + SECOND);
  assert.deepEqual(due(outbox, [MAIL], AT + SECOND), [{ channel: MAIL, message: newer }]);
  // The older message was being delivered meanwhile; its result no longer matters.
  assert.equal(afterTry(outbox, NAME, older, true, AT + 2 * SECOND), outbox);
});

test('a command receives nothing below its severity', () => {
  const outbox = post({}, [MAIL, PAGER], message(), AT);
  assert.deepEqual(
    due(outbox, [MAIL, PAGER], AT).map(({ channel }) => channel),
    [MAIL],
  );
});

test('a withdrawal goes to the commands that received the notice, and to no others', () => {
  const sent = message();
  const over = message({ kind: 'withdraw' });
  const delivered = afterTry(post({}, [MAIL], sent, AT), NAME, sent, true, AT);
  assert.equal(nextDue(delivered, [MAIL]), null);
  assert.deepEqual(due(post(delivered, [MAIL, PAGER], over, AT), [MAIL, PAGER], AT), [
    { channel: MAIL, message: over },
  ]);
  const unheard = post({}, [MAIL], sent, AT);
  assert.equal(nextDue(post(unheard, [MAIL], over, AT), [MAIL]), null);
});

test('a message for a command that was removed from the configuration is never due', () => {
  const outbox = post({}, [MAIL], message(), AT);
  assert.equal(nextDue(outbox, [PAGER]), null);
  assert.deepEqual(due(outbox, [PAGER], AT), []);
});
