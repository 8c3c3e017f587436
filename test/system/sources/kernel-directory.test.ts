import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DEFAULT_PREFERENCES } from '../../../src/model/preferences.ts';
import { openRoot } from '../../../src/system/root.ts';
import { kernelDirectory } from '../../../src/system/sources/kernel-directory.ts';
import { layOut, temporaryDirectory } from '../../support/temporary.ts';

function directoryWith(files: Readonly<Record<string, string>>, configured = '/usr/src/linux'): string {
  const directory = temporaryDirectory();
  layOut(directory, files);
  return kernelDirectory(openRoot(directory), { ...DEFAULT_PREFERENCES, kernelDirectory: configured });
}

test('make.conf says for which sources modules are built', () => {
  assert.equal(directoryWith({}), '/usr/src/linux');
  assert.equal(
    directoryWith({ 'etc/portage/make.conf': 'USE="X"\nKERNEL_DIR="/home/me/linux/"\n' }),
    '/home/me/linux',
  );
  assert.equal(directoryWith({ 'etc/portage/make.conf': '# KERNEL_DIR=/elsewhere\n' }), '/usr/src/linux');
  const parts = {
    'etc/portage/make.conf/10': 'KERNEL_DIR=/first\n',
    'etc/portage/make.conf/20': 'KERNEL_DIR=/second\n',
  };
  assert.equal(directoryWith(parts), '/second');
  assert.equal(directoryWith({ ...parts, 'etc/portage/make.conf/30~': 'KERNEL_DIR=/third\n' }), '/second');
});

test('the configuration of this program comes first, and a value that is no path is ignored', () => {
  assert.equal(directoryWith({ 'etc/portage/make.conf': 'KERNEL_DIR=/other\n' }, '/mine'), '/mine');
  for (const value of ['linux', '""', '"/a\tb"', '$(uname -r)'])
    assert.equal(
      directoryWith({ 'etc/portage/make.conf': `KERNEL_DIR=${value}\n` }),
      '/usr/src/linux',
      value,
    );
});
