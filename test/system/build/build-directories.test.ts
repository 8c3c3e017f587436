import assert from 'node:assert/strict';
import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { buildDirectories } from '../../../src/system/build/build-directories.ts';
import { openRoot } from '../../../src/system/root.ts';
import { temporaryDirectory } from '../../support/temporary.ts';

const TREE = '/usr/src/linux-6.1';

test('the build directories of a tree are itself, if configured, and the O= directories of releases', () => {
  const dir = machine();
  assert.deepEqual(
    buildDirectories(openRoot(dir), TREE, [
      { build: TREE, source: TREE },
      { build: '/build/b', source: TREE },
      { build: '/build/a', source: TREE },
      { build: '/build/a', source: null },
      { build: null, source: TREE },
    ]),
    [TREE, '/build/a', '/build/b'],
  );
});

test('a directory whose source symlink points to another tree is not one, whatever the release says', () => {
  const dir = machine();
  const root = openRoot(dir);
  assert.deepEqual(buildDirectories(root, TREE, [{ build: '/build/other', source: TREE }]), [TREE]);
  assert.deepEqual(buildDirectories(root, '/usr/src/linux-5.4', [{ build: '/build/other', source: null }]), [
    '/build/other',
  ]);
});

test('a build directory without a symlink counts because of its release; a removed one does not', () => {
  const dir = machine();
  const root = openRoot(dir);
  assert.deepEqual(buildDirectories(root, TREE, [{ build: '/build/plain', source: TREE }]), [
    TREE,
    '/build/plain',
  ]);
  assert.deepEqual(buildDirectories(root, TREE, [{ build: '/build/gone', source: TREE }]), [TREE]);
});

test('a clean tree that is built elsewhere is not its own build directory; without builds it is', () => {
  const dir = machine();
  mkdirSync(join(dir, 'usr/src/linux-6.6'));
  symlinkSync('/usr/src/linux-6.6', join(dir, 'build/plain/source'));
  const root = openRoot(dir);
  const link = { build: '/build/plain', source: '/usr/src/linux-6.6' };
  assert.deepEqual(buildDirectories(root, '/usr/src/linux-6.6', [link]), ['/build/plain']);
  assert.deepEqual(buildDirectories(root, '/usr/src/linux-6.6', []), ['/usr/src/linux-6.6']);
});

function machine(): string {
  const dir = temporaryDirectory();
  for (const path of ['usr/src/linux-6.1/include/config', 'usr/src/linux-5.4', 'build/plain']) {
    mkdirSync(join(dir, path), { recursive: true });
  }
  for (const [name, tree] of Object.entries({ a: TREE, b: TREE, other: '/usr/src/linux-5.4' })) {
    mkdirSync(join(dir, 'build', name));
    symlinkSync(tree, join(dir, 'build', name, 'source'));
  }
  return dir;
}
