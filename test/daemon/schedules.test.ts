import assert from 'node:assert/strict';
import { test } from 'node:test';
import { scheduled } from '../../src/daemon/schedules.ts';
import { until } from '../support/wait.ts';

test('messages of node-cron go into the log, and nowhere else', async (t) => {
  const logged: unknown[][] = [];
  const write = (...words: unknown[]): void => void logged.push(words);
  const log = { level: 'debug', debug: write, info: write, warn: write, error: write };
  const shouted = (['log', 'info', 'warn', 'error', 'debug'] as const).map((name) =>
    t.mock.method(console, name, () => {}),
  );
  const job = scheduled('* * * * * *', 'nightly', log, () => {
    throw new Error('no room');
  });
  await until('the job has failed', () => logged.length > 0, 20_000);
  await job.destroy();
  assert.match(JSON.stringify(logged[0]), /^\[\{"job":"nightly".*no room/);
  assert.ok(shouted.every(({ mock }) => mock.callCount() === 0));
});
