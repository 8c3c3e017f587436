import assert from 'node:assert/strict';
import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { SelectedTree } from '../../../src/model/tree.ts';
import { buildDirectories } from '../../../src/system/build/build-directories.ts';
import { outputDirectory } from '../../../src/system/build/output-directory.ts';
import { openRoot } from '../../../src/system/root.ts';
import { layOut, temporaryDirectory } from '../../support/temporary.ts';

const TREE = '/usr/src/linux-6.1';
const SELECTED: SelectedTree = { state: 'tree', path: TREE, link: '/usr/src/linux', linkMtime: 0 };

/** The build directories of a tree if these files set KBUILD_OUTPUT. */
function builds(files: Readonly<Record<string, string>>, tree = TREE, source: string | null = null): unknown {
  const dir = temporaryDirectory();
  layOut(dir, files);
  for (const path of ['usr/src/linux-6.1', 'usr/src/linux-5.4', 'var/kbuild'])
    mkdirSync(join(dir, path), { recursive: true });
  if (source !== null) symlinkSync(source, join(dir, 'var/kbuild/source'));
  const root = openRoot(dir);
  const output = outputDirectory(root, SELECTED);
  return output === null ? null : buildDirectories(root, tree, [output]);
}

test('the output directory is that of the environment, else that of make.conf', () => {
  const set = { 'etc/portage/make.conf': 'KBUILD_OUTPUT="/var/kbuild/"\n' };
  assert.deepEqual(builds(set), ['/var/kbuild']);
  assert.deepEqual(builds({ 'etc/portage/make.conf/10-kernel': 'KBUILD_OUTPUT=/var/kbuild\n' }), [
    '/var/kbuild',
  ]);
  assert.deepEqual(builds({ 'etc/profile.env': "export KBUILD_OUTPUT='/var/kbuild'\n" }), ['/var/kbuild']);
  assert.equal(builds({ ...set, 'etc/profile.env': "export KBUILD_OUTPUT='/no/such'\n" }), null);
});

test('its source symlink shows to which tree it belongs', () => {
  const set = { 'etc/portage/make.conf': 'KBUILD_OUTPUT=/var/kbuild\n' };
  assert.deepEqual(builds(set, TREE, TREE), ['/var/kbuild']);
  assert.deepEqual(builds(set, TREE, '/usr/src/linux-5.4'), [TREE]);
  assert.deepEqual(builds(set, '/usr/src/linux-5.4', '/usr/src/linux-5.4'), ['/var/kbuild']);
  assert.deepEqual(builds(set, '/usr/src/linux-5.4'), ['/usr/src/linux-5.4']);
});

test('a value that names no directory of the root is ignored', () => {
  for (const value of ['', 'relative', '/no/such', '/etc/portage/make.conf', '$(x)'])
    assert.equal(builds({ 'etc/portage/make.conf': `KBUILD_OUTPUT="${value}"\n` }), null, value);
});
