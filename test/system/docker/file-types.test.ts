import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { closeSync, ftruncateSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { known } from '../../../src/model/fact.ts';
import { askFileTypes } from '../../../src/system/docker/file-types.ts';
import { temporaryDirectory } from '../../support/temporary.ts';
import { needs } from '../../support/tools.ts';

function image(command: string, size: number, ...args: string[]): string {
  const path = join(temporaryDirectory(), 'disk');
  const fd = openSync(path, 'w');
  ftruncateSync(fd, size * 1024 ** 2);
  closeSync(fd);
  execFileSync(command, [...args, path], {
    stdio: 'pipe',
    env: { PATH: `${process.env.PATH}:/usr/sbin:/sbin` },
  });
  return path;
}

function fileTypesOf(type: string, path: string) {
  return askFileTypes({ root: '/', type, mountPoint: path, source: path, options: [] });
}

test('ext4 with and without its feature', { skip: needs('mkfs.ext4', 'dumpe2fs') }, async () => {
  const plain = ['-q', '-F'];
  assert.deepEqual(await fileTypesOf('ext4', image('mkfs.ext4', 16, ...plain)), known(true));
  assert.deepEqual(
    await fileTypesOf('ext4', image('mkfs.ext4', 16, ...plain, '-O', '^filetype')),
    known(false),
  );
});

// The kernel mounts no xfs without file types any more; xfs_info reads one from a file as well.
test('xfs with and without ftype', { skip: needs('mkfs.xfs', 'xfs_info', 'xfs_db') }, async () => {
  assert.deepEqual(await fileTypesOf('xfs', image('mkfs.xfs', 320, '-q')), known(true));
  const old = image('mkfs.xfs', 320, '-q', '-m', 'crc=0', '-n', 'ftype=0');
  assert.deepEqual(await fileTypesOf('xfs', old), known(false));
});

test('a file system that has no such feature, and a tool without an answer', async () => {
  assert.equal((await fileTypesOf('btrfs', '/')).known, false);
  const nothing = await fileTypesOf('ext4', '/nonexistent');
  assert.equal(nothing.known ? 'known' : nothing.code, 'tool');
});
