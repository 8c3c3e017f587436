import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hasModule, indexedPaths } from '../../../src/system/modules/module-index.ts';

const INDEX = [
  'kernel/arch/x86/crypto/poly1305-x86_64.ko.xz: kernel/lib/crypto/libpoly1305.ko.xz',
  'kernel/drivers/net/wireguard/wireguard.ko: kernel/arch/x86/crypto/poly1305-x86_64.ko.xz',
  'kernel/fs/dm-thin_pool.ko:',
  'top.ko:',
  '',
].join('\n');

test('kmod treats - and _ as the same, character by character', () => {
  for (const name of ['poly1305_x86_64', 'poly1305-x86-64', 'poly1305-x86_64', 'poly1305_x86-64'])
    assert.ok(hasModule(INDEX, name), name);
  assert.deepEqual(indexedPaths(INDEX, 'poly1305_x86_64'), ['kernel/arch/x86/crypto/poly1305-x86_64.ko.xz']);
  assert.deepEqual(indexedPaths(INDEX, 'dm_thin_pool'), ['kernel/fs/dm-thin_pool.ko']);
  assert.deepEqual(indexedPaths(INDEX, 'top'), ['top.ko']);
});

test('only whole names match', () => {
  for (const name of ['1305_x86_64', 'x86_64', 'poly1305_x86', 'guard', 'wire', 'poly1305+x86_64'])
    assert.equal(hasModule(INDEX, name), false, name);
});
