import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inSync } from '../../src/demo/in-sync.ts';
import { NO_MEMORY } from '../../src/model/memory.ts';
import { judge } from '../../src/verdict/judge.ts';
import { SCENARIOS } from '../support/demo/scenarios.ts';
import { judged, NOW } from '../support/machines.ts';

const RUNNING = { ...NO_MEMORY, pinned: '6.1.192-gentoo' };

function codes(snapshot: Parameters<typeof judge>[0], memory = NO_MEMORY): string[] {
  return judge(snapshot, memory).findings.map(({ code }) => code);
}

test('a pin of the running kernel removes the reminder to reboot, and status shows the pin', async () => {
  const { snapshot } = await judged({ machine: SCENARIOS['reboot-pending'](NOW) });
  assert.ok(codes(snapshot).includes('reboot-pending'));
  assert.ok(!codes(snapshot, RUNNING).includes('reboot-pending'));
  const link = judge(snapshot, RUNNING).links.find(({ name }) => name === 'running');
  assert.match(link?.reason ?? '', /, pinned\b/);
});

test('a pin of another kernel removes no reminder', async () => {
  const { snapshot } = await judged({ machine: SCENARIOS['reboot-pending'](NOW) });
  assert.ok(codes(snapshot, { ...NO_MEMORY, pinned: '6.1.191-gentoo' }).includes('reboot-pending'));
});

test('modules that the pinned kernel lost are named if no other finding names them', async () => {
  const { snapshot } = await judged({ machine: inSync(NOW) });
  const memory = { ...NO_MEMORY, pinned: '6.1.191-gentoo' };
  const modules = snapshot.modules.map((each) =>
    each.release === memory.pinned ? { ...each, modules: [] } : each,
  );
  const found = judge({ ...snapshot, modules }, memory).findings.find(
    ({ code }) => code === 'pinned-kernel-incomplete',
  );
  assert.match(found?.text ?? '', /^It cannot load aufs/);
});
