import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { openRoot } from '../../../src/system/root.ts';
import { readRunningIdentity } from '../../../src/system/running/read-running.ts';
import { layOut, temporaryDirectory } from '../../support/temporary.ts';

test('the running system is known for the root of process 1', {
  skip: process.getuid?.() !== 0 && 'not root',
}, () => {
  assert.ok(readRunningIdentity(openRoot('/')).release.known);
});

test('in a chroot the running kernel belongs to another system: unknown, with that reason', () => {
  const root = temporaryDirectory();
  layOut(root, { 'proc/sys/kernel/osrelease': '6.1.192-gentoo\n', 'proc/sys/kernel/version': '#3 SMP\n' });
  assert.deepEqual(readRunningIdentity(openRoot(root)).release, { known: true, value: '6.1.192-gentoo' });
  // A path that leads out of a chroot is the root of another system.
  mkdirSync(join(root, 'proc/1/root'), { recursive: true });
  const { release } = readRunningIdentity(openRoot(root));
  assert.equal(release.known, false);
  assert.match(release.known ? '' : release.detail, /this is a chroot/);
});
