import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  COMPRESSIONS,
  compressionOfBytes,
  compressionOfKbuild,
  compressionOfPath,
  endingPattern,
  MODULE_COMPRESSIONS,
  MODULE_ENDINGS,
} from '../../src/model/compression.ts';

test('modules are compressed as `make modules_install` writes and kmod loads them, so never by bzip2', () => {
  assert.deepEqual(MODULE_COMPRESSIONS, ['gzip', 'xz', 'zstd']);
  assert.deepEqual(MODULE_ENDINGS, ['', '.gz', '.xz', '.zst']);
  const module = new RegExp(`\\.ko${endingPattern('module')}$`);
  for (const name of ['a.ko', 'a.ko.gz', 'a.ko.xz', 'a.ko.zst']) assert.ok(module.test(name), name);
  for (const name of ['a.ko.bz2', 'a.ko.lz4', 'a.koxgz', 'a.ko.']) assert.ok(!module.test(name), name);
});

test('in an initramfs busybox also loads modules compressed by bzip2', () => {
  assert.match('a.ko.bz2', new RegExp(`\\.ko${endingPattern('initramfs module')}$`));
  assert.equal(compressionOfPath('/lib/modules/6.1/extra/a.ko.bz2'), 'bzip2');
  assert.equal(compressionOfPath('/lib/modules/6.1/extra/a.ko'), null);
});

test('kbuild names a compression with its level', () => {
  for (const [name, compression] of [
    ['zstd22', 'zstd'],
    ['xzkern', 'xz'],
    ['lzo', 'lzo'],
    ['brotli', null],
    ['toString', null],
  ])
    assert.equal(compressionOfKbuild(name ?? ''), compression);
});

test('the first bytes identify one compression and nothing else', () => {
  assert.equal(compressionOfBytes(Buffer.from('fd377a585a000004', 'hex'), 'kernel'), 'xz');
  assert.equal(compressionOfBytes(Buffer.from('070701'), 'initramfs'), null);
  assert.equal(compressionOfBytes(Buffer.alloc(0), 'kernel'), null);
  assert.equal(new Set(COMPRESSIONS).size, 7);
});
