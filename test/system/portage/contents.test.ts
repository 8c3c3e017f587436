import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { known } from '../../../src/model/fact.ts';
import { MIB } from '../../../src/system/open-file.ts';
import { parseContents } from '../../../src/system/portage/contents.ts';
import { readContents, readOwnedTree } from '../../../src/system/portage/read-contents.ts';
import { openRoot } from '../../../src/system/root.ts';
import { layOut, temporaryDirectory } from '../../support/temporary.ts';

const MD5 = '306faf690f2bd360db304fafec9ff428';
const NONE = { modules: [], trees: [], patches: [], isEmpty: true };
const directory = temporaryDirectory();

function object(path: string): string {
  return `obj ${path} ${MD5} 1795402677\n`;
}

function moduleAt(path: string) {
  return { path, md5: MD5, mtime: 1_795_402_677_000 };
}

test('modules with every ending below /lib and /usr/lib are found, and similar names are not', () => {
  const modules = ['', '.gz', '.xz', '.zst'].flatMap((ending) => [
    `/lib/modules/6.1.192-gentoo/misc/aufs.ko${ending}`,
    `/usr/lib/modules/6.1.192-gentoo/misc/aufs.ko${ending}`,
  ]);
  const others = [
    '/lib/modules/6.1.192-gentoo/misc/aufs.ko.bz2',
    '/lib/modules/6.1.192-gentoo/misc/aufs.kox',
    '/lib/modules/6.1.192-gentoo/modules.order',
    '/lib64/modules/6.1.192-gentoo/aufs.ko',
    '/usr/share/lib/modules/1/aufs.ko',
    '/lib/modules/.ko',
  ];
  const { modules: found } = parseContents([...modules, ...others].map(object).join(''));
  assert.deepEqual(found, modules.map(moduleAt));
});

test('paths with blanks, with arrows, with text like the end of a line', () => {
  const paths = [
    '/lib/modules/6.1 192/my aufs.ko',
    '/lib/modules/6.1/a -> b.ko',
    `/lib/modules/6.1/a ${MD5} 1795402677 b.ko`,
    '/lib/modules/6.1/ .ko',
    '/lib/modules/6.1/aufs\tü.ko',
  ];
  assert.deepEqual(parseContents(paths.map(object).join('')).modules, paths.map(moduleAt));
});

test('symlinks, FIFOs and devices own nothing; directories only trees', () => {
  const text = [
    'dir /usr/src',
    'dir /usr/src/linux-6.1.192-gentoo',
    'dir /usr/src/linux-6.1.192-gentoo/fs',
    'dir /usr/src/linux-my tree -> x',
    'dir /opt/usr/src/linux-6.1',
    'dir /lib/modules/6.1/dir.ko',
    'sym /usr/src/linux -> linux-6.1.192-gentoo 1795402677',
    `sym /lib/modules/6.1/aufs.ko -> /lib/modules/6.1/other.ko 1795402677`,
    'fif /lib/modules/6.1/fifo.ko',
    'dev /lib/modules/6.1/device.ko',
    'sym /usr/src/linux-6.1 -> /lib/modules/x.ko 1795402677',
    '',
  ].join('\n');
  const trees = ['/usr/src/linux-6.1.192-gentoo', '/usr/src/linux-my tree -> x'];
  assert.deepEqual(parseContents(text), { ...NONE, trees, isEmpty: false });
});

test('patches in the documentation of an ebuild, compressed or not', () => {
  const paths = ['', '.gz', '.bz2', '.xz', '.zst'].map((ending) => `/usr/share/doc/a b/x.patch${ending}`);
  const { patches } = parseContents([...paths, '/usr/share/doc/x.patch.txt', '/a.diff'].map(object).join(''));
  assert.deepEqual(patches, [...paths, '/a.diff']);
});

test('with CRLF the result is the same, as for Portage itself', () => {
  const text = `dir /usr/src/linux-6.1\n${object('/lib/modules/6.1/aufs.ko')}${object('/a.patch')}`;
  assert.deepEqual(parseContents(text.replaceAll('\n', '\r\n')), parseContents(text));
  assert.deepEqual(parseContents(text).trees, ['/usr/src/linux-6.1']);
});

test('an entry that is truncated anywhere is none: no other path, no other time', () => {
  for (const line of [object('/lib/modules/6.1/a.ko b.ko'), object('/x.patch')]) {
    assert.notDeepEqual(parseContents(line), NONE);
    assert.deepEqual(parseContents(line.slice(0, -1)), parseContents(line), 'without the last line end');
    for (let length = 0; length < line.length - 1; length++)
      assert.deepEqual(parseContents(line.slice(0, length)), NONE, line.slice(0, length));
  }
  for (const end of ['', ' ', ' -5', ' 1e3', ' 0x10', ' 17 9540', ` ${'9'.repeat(40)}`, ' 1795402677 ']) {
    assert.deepEqual(parseContents(`obj /lib/modules/6.1/aufs.ko ${MD5}${end}\n`), NONE, end);
  }
  assert.deepEqual(parseContents('obj /lib/modules/6.1/aufs.ko d41d8 1795402677\n'), NONE);
  assert.deepEqual(parseContents(`obj ${MD5} 1795402677\n`), NONE);
});

test('lines of megabytes are read in time', { timeout: 30_000 }, () => {
  for (const part of ['a', ' ', '/', '.ko', '.patch', ' -> ', 'obj ']) {
    const path = `/lib/modules/${part.repeat((4 * MIB) / part.length)}`;
    assert.deepEqual(parseContents(`obj ${path}`), NONE);
    parseContents(`obj ${path} ${MD5} 1\ndir ${path}\n`);
  }
  const huge = `/lib/modules/${'x'.repeat(4 * MIB)}.ko`;
  assert.deepEqual(parseContents(object(huge)).modules, [moduleAt(huge)]);
});

test('the tree of a package of sources is found wherever its line is, across the parts that are read', () => {
  const tree = 'dir /usr/src/linux-6.1.192-gentoo-ü\n';
  const wanted = { ...NONE, trees: ['/usr/src/linux-6.1.192-gentoo-ü'], isEmpty: false };
  const filler = object('/usr/share/doc/x').repeat(4000);
  const border = 128 * 1024;
  for (const before of [
    0,
    1,
    border - tree.length,
    border - 20,
    border - 10,
    border - 1,
    border,
    2 * border,
  ]) {
    const start = before === 0 ? '' : `${filler.slice(0, before - 1)}\n`;
    layOut(directory, { CONTENTS: `${start}${tree}${filler}` });
    assert.deepEqual(readOwnedTree(openRoot(directory), '/CONTENTS'), known(wanted), String(before));
  }
  for (const text of ['', filler, 'dir /usr/src/linux-6.1/fs\n', 'x'.repeat(MIB)]) {
    layOut(directory, { CONTENTS: text });
    const owned = readOwnedTree(openRoot(directory), '/CONTENTS');
    assert.deepEqual(owned.known && owned.value.trees, [], text.slice(0, 30));
  }
});

test('any bytes: every result is in them', () => {
  const piece = fc.oneof(
    fc.constantFrom('obj ', 'dir ', 'sym ', ' -> ', '\n', '\r\n', ' ', MD5, ' 12', '/lib/modules/', '.ko'),
    fc.constantFrom('/usr/src/linux-', '.patch', '.diff.gz', '/usr/lib/modules/', '.ko.xz'),
    fc.string({ unit: 'binary' }),
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 30 }), fc.uint8Array(), (pieces, bytes) => {
      const raw = Buffer.concat([Buffer.from(pieces.join('')), bytes]);
      layOut(directory, { CONTENTS: raw });
      const root = openRoot(directory);
      const tree = readOwnedTree(root, '/CONTENTS');
      const whole = readContents(root, '/CONTENTS');
      assert.ok(tree.known && whole.known);
      const text = raw.toString('utf8');
      const { modules, trees, patches } = whole.value;
      for (const path of [...modules.map((module) => module.path), ...trees, ...patches]) {
        assert.ok(text.includes(path));
        assert.doesNotMatch(path, /\n/);
      }
      for (const { md5, mtime } of modules) assert.ok(md5.length === 32 && Number.isSafeInteger(mtime));
    }),
    { numRuns: 100 },
  );
});
