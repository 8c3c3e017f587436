import assert from 'node:assert/strict';
import { test } from 'node:test';
import { beginScan } from '../../src/system/scan-budget.ts';
import { until } from '../support/wait.ts';

test('a scan ends after its own processor time, not after that of others', async () => {
  const isOver = beginScan(Number.POSITIVE_INFINITY, 50);
  assert.equal(isOver(), false);
  const { user } = process.cpuUsage();
  while (process.cpuUsage().user - user < 60_000);
  assert.equal(isOver(), true);
  assert.equal(beginScan(60_000)(), false, 'each scan has its own budget');
});

test('a scan also ends after a time on the clock, even if it was idle', async () => {
  const isOver = beginScan(20, Number.POSITIVE_INFINITY);
  await until('its time is over', isOver);
});
