import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { kindsByEclass, kindsByName } from '../../../src/system/portage/kinds.ts';

const KINDS = ['aufs', 'aufs-util', 'kernel-sources', 'dist-kernel', 'module', 'docker'];

test('AUFS, its tools, its sources and Docker are recognised by name', () => {
  for (const name of [
    'aufs',
    'aufs2',
    'aufs3',
    'aufs4',
    'aufs5',
    'aufs6',
    'aufs-standalone',
    'aufs5-standalone',
  ])
    assert.deepEqual(kindsByName('sys-fs', name), ['aufs'], name);
  for (const name of ['aufs-util', 'aufs5-util'])
    assert.deepEqual(kindsByName('sys-fs', name), ['aufs-util']);
  assert.deepEqual(kindsByName('sys-kernel', 'aufs-sources'), ['kernel-sources']);
  for (const category of ['app-containers', 'app-emulation'])
    assert.deepEqual(kindsByName(category, 'docker'), ['docker']);
});

test('similar names, and the same names in other categories, are not', () => {
  for (const [category, name] of [
    ['sys-fs', 'aufsx'],
    ['sys-fs', 'unionfs'],
    ['sys-fs', 'aufs-utils'],
    ['app-misc', 'aufs4'],
    ['sys-kernel', 'aufs'],
    ['app-containers', 'docker-cli'],
    ['app-containers', 'docker-compose'],
    ['sys-fs', 'docker'],
    ['constructor', '__proto__'],
  ] as const)
    assert.deepEqual(kindsByName(category, name), [], `${category}/${name}`);
});

test('the eclasses give the kinds, each once, with any white space between them', () => {
  assert.deepEqual(kindsByEclass('gentoo-sources', ' toolchain-funcs kernel-2\n'), ['kernel-sources']);
  for (const eclass of ['kernel-build', 'kernel-install'])
    assert.deepEqual(kindsByEclass('gentoo-kernel', eclass), ['dist-kernel']);
  for (const eclass of ['linux-mod', 'linux-mod-r1'])
    assert.deepEqual(kindsByEclass('zfs-kmod', eclass), ['module']);
  assert.deepEqual(kindsByEclass('x', 'linux-info\tkernel-install\n kernel-build linux-mod-r1 linux-mod'), [
    'dist-kernel',
    'module',
  ]);
});

test('eclasses with similar names do not count; headers for the C library are no sources', () => {
  for (const inherited of [
    '',
    '\n',
    'linux-info',
    'linux-mod-r2',
    'kernel-2.eclass',
    'mykernel-2',
    'KERNEL-2',
  ])
    assert.deepEqual(kindsByEclass('x', inherited), [], inherited);
  assert.deepEqual(kindsByEclass('linux-headers', 'kernel-2'), []);
});

test('an eclass may have the name of any property of objects', () => {
  for (const name of ['constructor', 'toString', '__proto__', 'hasOwnProperty', 'valueOf'])
    assert.deepEqual(kindsByEclass('x', `${name} kernel-2`), ['kernel-sources'], name);
});

test('any text gives only kinds that exist', () => {
  const word = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.constantFrom('kernel-2', 'linux-mod', 'kernel-build', ...Object.getOwnPropertyNames(Object.prototype)),
  );
  fc.assert(
    fc.property(word, word, fc.array(word), (category, name, words) => {
      const kinds = [...kindsByName(category, name), ...kindsByEclass(name, words.join(' '))];
      assert.ok(kinds.every((kind) => KINDS.includes(kind)));
    }),
  );
});
