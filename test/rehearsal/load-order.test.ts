import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { loadOrder } from '../../src/rehearsal/load-order.ts';

suite('the order in which modprobe loads', () => {
  test('what is needed comes first, the deepest before all', () => {
    const order = loadOrder(
      'a.ko: kernel/b.ko kernel/c.ko.xz\nkernel/b.ko: kernel/c.ko.xz\nkernel/c.ko.xz:\n',
      '',
    );
    assert.deepEqual(order.of('a.ko'), ['kernel/c.ko.xz', 'kernel/b.ko', 'a.ko']);
  });

  test('a soft dependency comes before what is needed for certain, with all that it needs', () => {
    const dep =
      'x/btrfs.ko: x/raid6_pq.ko\nx/raid6_pq.ko:\nx/crc32c-generic.ko: x/base.ko\nx/base.ko:\nx/later.ko:\n';
    const order = loadOrder(dep, '# comment\nsoftdep btrfs pre: crc32c_generic none post: later\n');
    assert.deepEqual(order.of('x/btrfs.ko'), [
      'x/base.ko',
      'x/crc32c-generic.ko',
      'x/raid6_pq.ko',
      'x/btrfs.ko',
    ]);
  });

  test('soft dependencies that lead in a circle end', () => {
    const order = loadOrder('a.ko:\nb.ko:\n', 'softdep a pre: b\nsoftdep b pre: a\n');
    assert.deepEqual(order.of('a.ko'), ['b.ko', 'a.ko']);
  });

  test('a module that depmod does not know is loaded alone', () => {
    assert.deepEqual(loadOrder('', '').of('misc/new.ko'), ['misc/new.ko']);
  });

  test('a path that leads out of the directory is none', () => {
    const order = loadOrder('a.ko: ../../secret.ko\n/etc/b.ko:\nc.ko: /etc/d.ko\n', '');
    assert.deepEqual(order.of('a.ko'), ['a.ko']);
    assert.equal(order.pathOf('b'), null);
    assert.deepEqual(order.of('c.ko'), ['c.ko']);
  });

  test('a module is found by either spelling', () => {
    const order = loadOrder('kernel/i2c-piix4.ko.zst:\n', '');
    assert.equal(order.pathOf('i2c_piix4'), 'kernel/i2c-piix4.ko.zst');
    assert.equal(order.pathOf('i2c-piix4'), 'kernel/i2c-piix4.ko.zst');
  });
});
