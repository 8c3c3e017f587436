import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { writeMachine } from '../../src/demo/machine.ts';
import { startDaemon } from '../support/daemon.ts';
import { inotifyWatches } from '../support/inotify.ts';
import { largeMachine } from '../support/large-machine.ts';
import { temporaryDirectory } from '../support/temporary.ts';
import { until } from '../support/wait.ts';

const WATCHES_MAX = 400;

test('2,000 packages and six trees need few watches, and each category and tree is watched', async () => {
  const root = join(temporaryDirectory(), 'root');
  mkdirSync(root);
  writeMachine(root, largeMachine(Date.now()));
  const daemon = startDaemon(root);
  await daemon.publishes('it has scanned', () => true, 60_000);
  // One for each category, and several for each tree.
  await until('the watches are in place', () => inotifyWatches(daemon.pid) > 200);
  assert.ok(inotifyWatches(daemon.pid) <= WATCHES_MAX, `${inotifyWatches(daemon.pid)} watches`);
});
