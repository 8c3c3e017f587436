import assert from 'node:assert/strict';
import { test } from 'node:test';
import { known } from '../../../src/model/fact.ts';
import { openRoot } from '../../../src/system/root.ts';
import { readAufsSources } from '../../../src/system/sources/aufs-sources.ts';
import { layOut, temporaryDirectory } from '../../support/temporary.ts';

const MAKEFILE = { 'tree/fs/aufs/Makefile': 'obj-$(CONFIG_AUFS_FS) += aufs.o\n' };

function optionOf(kconfig: string | null) {
  const directory = temporaryDirectory();
  layOut(directory, { ...MAKEFILE, ...(kconfig === null ? {} : { 'tree/fs/aufs/Kconfig': kconfig }) });
  return readAufsSources(openRoot(directory), '/tree');
}

test('fs/aufs/Kconfig shows whether AUFS can be a module', () => {
  assert.deepEqual(optionOf('config AUFS_FS\n\ttristate "Aufs"\n'), known({ option: 'tristate' }));
  const gentoo = '# comment\nconfig AUFS_FS\n\tbool "Aufs"\n\thelp\n\t  tristate is another word.\n';
  assert.deepEqual(optionOf(gentoo), known({ option: 'bool' }));
  assert.deepEqual(optionOf('config AUFS_DEBUG\n\tbool "x"\nif AUFS_FS\n'), known({ option: null }));
  assert.deepEqual(optionOf('config AUFS_FS\n\nconfig AUFS_HNOTIFY\n\tbool\n'), known({ option: null }));
});

test('without Kconfig or Makefile nothing of it can be compiled', () => {
  assert.deepEqual(optionOf(null), known(null));
  const directory = temporaryDirectory();
  layOut(directory, { 'tree/fs/Kconfig': 'source "fs/aufs/Kconfig"\n' });
  assert.deepEqual(readAufsSources(openRoot(directory), '/tree'), known(null));
});
