import assert from 'node:assert/strict';
import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { readDkms } from '../../../src/system/modules/dkms.ts';
import { openRoot } from '../../../src/system/root.ts';
import { layOut, temporaryDirectory } from '../../support/temporary.ts';

test('names, versions and releases that link to one another are not followed endlessly', () => {
  const directory = temporaryDirectory();
  const dkms = join(directory, 'var/lib/dkms');
  layOut(directory, { 'var/lib/dkms/zfs/2.1.14/6.1.192-gentoo/x86_64/module/zfs.ko.zst': '' });
  const root = openRoot(directory);
  assert.deepEqual(readDkms(root), [{ name: 'zfs', version: '2.1.14', modules: ['zfs'] }]);
  mkdirSync(dkms, { recursive: true });
  for (let number = 0; number < 40; number++) symlinkSync('.', join(dkms, `a${number}`));
  let lists = 0;
  const list: typeof root.list = (path) => {
    lists++;
    return root.list(path);
  };
  readDkms({ ...root, list });
  assert.ok(lists <= 1024, `${lists} directories were read`);
});
