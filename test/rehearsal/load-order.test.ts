import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { type LoadOrder, loadOrder } from '../../src/rehearsal/load-order.ts';

/** Without indices of aliases: the code must not read them. */
function orderOf(dep: string, softdep = ''): LoadOrder {
  return loadOrder({ ...unasked, dep, softdeps: [softdep], aliases: [] });
}

const unasked = {
  indexedAliases: () => assert.fail('modules.alias was read'),
  symbols: () => assert.fail('modules.symbols was read'),
};

suite('the order in which modprobe loads', () => {
  test('dependencies come first, the deepest before all', () => {
    const order = orderOf('a.ko: kernel/b.ko kernel/c.ko.xz\nkernel/b.ko: kernel/c.ko.xz\nkernel/c.ko.xz:\n');
    assert.deepEqual(order.of('a.ko'), ['kernel/c.ko.xz', 'kernel/b.ko', 'a.ko']);
  });

  test('a soft dependency comes after the hard ones, with all of its own dependencies', () => {
    const dep =
      'x/btrfs.ko: x/raid6_pq.ko\nx/raid6_pq.ko:\nx/crc32c-generic.ko: x/base.ko\nx/base.ko:\nx/later.ko:\n';
    const order = orderOf(dep, '# comment\nsoftdep btrfs pre: crc32c_generic post: later\n');
    assert.deepEqual(order.of('x/btrfs.ko'), [
      'x/raid6_pq.ko',
      'x/base.ko',
      'x/crc32c-generic.ko',
      'x/btrfs.ko',
    ]);
  });

  test('a soft dependency of a module that another needs is loaded before that other', () => {
    const order = orderOf('a.ko: b.ko\nb.ko:\nc.ko:\n', 'softdep b post: c\n');
    assert.deepEqual(order.of('a.ko'), ['b.ko', 'c.ko', 'a.ko']);
    assert.deepEqual(order.of('b.ko'), ['b.ko']);
  });

  test('circular soft dependencies end', () => {
    const order = orderOf('a.ko:\nb.ko:\n', 'softdep a pre: b\nsoftdep b pre: a\n');
    assert.deepEqual(order.of('a.ko'), ['b.ko', 'a.ko']);
  });

  test('a module that depmod does not list is loaded alone', () => {
    assert.deepEqual(orderOf('').of('misc/new.ko'), ['misc/new.ko']);
  });

  test('a path that leads out of the directory is refused', () => {
    const order = orderOf('a.ko: ../../secret.ko\n/etc/b.ko:\nc.ko: /etc/d.ko\n');
    assert.deepEqual(order.of('a.ko'), ['a.ko']);
    assert.equal(order.pathOf('b'), null);
    assert.deepEqual(order.of('c.ko'), ['c.ko']);
  });

  test('a module is found by either spelling', () => {
    const order = orderOf('kernel/i2c-piix4.ko.zst:\n');
    assert.equal(order.pathOf('i2c_piix4'), 'kernel/i2c-piix4.ko.zst');
    assert.equal(order.pathOf('i2c-piix4'), 'kernel/i2c-piix4.ko.zst');
  });

  test('an endless chain still ends with the module', () => {
    const names = Array.from({ length: 500 }, (_, index) => `m${index}.ko`);
    const order = orderOf(`a.ko: ${names.join(' ')}\n`);
    assert.equal(order.of('a.ko').at(-1), 'a.ko');
  });
});

suite('soft dependencies that name no module', () => {
  const dep = 'a.ko:\nz.ko:\nsha-fast.ko:\nsha_slow.ko:\ncard.ko:\n';
  const indexed = [
    '# Aliases extracted from modules themselves.',
    'alias crypto-sha* sha_fast',
    'alias crypto-sha256 sha_slow',
    'alias crypto-sha256 sha_fast',
    'alias pci:v0000[1-3]*d*[A-C]-x card',
    'alias Upper z',
  ].join('\n');

  function before(softdeps: readonly string[], aliases: readonly string[] = []): readonly string[] {
    const symbols = () => 'alias symbol:given z\n';
    const order = loadOrder({ dep, softdeps, aliases, indexedAliases: () => indexed, symbols });
    return order.of('a.ko').slice(0, -1);
  }

  test('an alias loads all modules that have it, in the order of the index', () => {
    assert.deepEqual(before(['softdep a pre: crypto_sha256']), ['sha-fast.ko', 'sha_slow.ko']);
    assert.deepEqual(before(['softdep a pre: crypto-sha1']), ['sha-fast.ko']);
    assert.deepEqual(before(['softdep a pre: pci:v00002d0B-x']), ['card.ko']);
    assert.deepEqual(before(['softdep a pre: pci:v00004d0B-x']), []);
  });

  test('upper and lower case differ, and unknown names are skipped', () => {
    assert.deepEqual(before(['softdep a pre: Upper']), ['z.ko']);
    assert.deepEqual(before(['softdep a pre: upper nowhere']), []);
  });

  test('an alias of modprobe.d comes before a module of that name', () => {
    assert.deepEqual(before(['softdep a pre: z'], ['alias z card']), ['card.ko']);
    assert.deepEqual(before(['softdep a pre: z'], ['alias z off']), []);
  });

  test('a symbol stands for the module that exports it', () => {
    assert.deepEqual(before(['softdep a pre: symbol:given']), ['z.ko']);
  });

  test('only the first line that matches the name counts', () => {
    assert.deepEqual(before(['softdep ? pre: z', 'softdep a pre: card']), ['z.ko']);
  });
});
