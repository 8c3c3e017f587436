import assert from 'node:assert/strict';
import { test } from 'node:test';
import { beginScan } from '../../src/system/scan-budget.ts';
import { until } from '../support/wait.ts';

test('a look is over when it has computed for so long, and not because somebody else does', async () => {
  const isOver = beginScan(Number.POSITIVE_INFINITY, 50);
  assert.equal(isOver(), false);
  const { user } = process.cpuUsage();
  while (process.cpuUsage().user - user < 60_000);
  assert.equal(isOver(), true);
  assert.equal(beginScan(60_000)(), false, 'each look has its own');
});

test('a look is over when so much time has gone by, though it has done nothing', async () => {
  const isOver = beginScan(20, Number.POSITIVE_INFINITY);
  await until('its time is over', isOver);
});
