import assert from 'node:assert/strict';
import { test } from 'node:test';
import { known } from '../../../src/model/fact.ts';
import { readBuildExports } from '../../../src/system/abi/build-exports.ts';
import { openRoot } from '../../../src/system/root.ts';
import { temporaryDirectory } from '../../support/temporary.ts';
import { layOutTimed, type TimedFile } from '../../support/timed-files.ts';

const RELEASE = '6.1.192-gentoo';
const WANTED: ReadonlySet<string> = new Set(['fput', 'vfs_write', 'ext_fs']);
const PATCHED = list('fput', 'vfs_write');
const PLAIN = list('fput');
const OF_MODULE = '0x00000000\text_fs\tfs/ext/ext\tEXPORT_SYMBOL\t\n';

/** Lines of Module.symvers for symbols of vmlinux. */
function list(...names: readonly string[]): string {
  return names.map((name) => `0x00000001\t${name}\tvmlinux\tEXPORT_SYMBOL\t\n`).join('');
}

function map(...names: readonly string[]): string {
  return names.map((name) => `ffffffff82000000 r __ksymtab_${name}\n`).join('');
}

/** The exports, by file and names, and the seconds at which the products were written. */
function exportsIn(products: Readonly<Record<string, TimedFile>>, release = RELEASE, index = '# Aliases\n') {
  const directory = temporaryDirectory();
  const files = Object.entries(products).map(([name, file]): [string, TimedFile] => [`b/${name}`, file]);
  layOutTimed(directory, {
    ...Object.fromEntries(files),
    [`lib/modules/${release}/modules.symbols`]: [index, 0],
  });
  const { source, table } = readBuildExports(openRoot(directory), '/b', known(release), WANTED);
  assert.ok(table.known);
  return {
    source,
    kind: table.value.kind,
    symbols: table.value.symbols,
    names: Object.keys(table.value.symbols).sort(),
  };
}

/** The files as make leaves them: modpost reads vmlinux.o, and in 6.1 and later it runs before the link. */
const WHOLE: Readonly<Record<string, TimedFile>> = {
  'vmlinux.o': ['', 10],
  'Module.symvers': [PLAIN + OF_MODULE, 11],
  'System.map': [map('fput'), 12],
};

test('a complete build has its exports in Module.symvers', () => {
  const { source, names, symbols } = exportsIn(WHOLE);
  assert.equal(source, '/b/Module.symvers');
  assert.deepEqual(names, ['ext_fs', 'fput']);
  assert.equal(symbols.ext_fs?.from, 'fs/ext/ext');
});

test('after make bzImage alone vmlinux.symvers has them, whether the patch was added or removed', () => {
  for (const [before, after, expected] of [
    [PATCHED, PLAIN, ['fput']],
    [PLAIN, PATCHED, ['fput', 'vfs_write']],
  ] as const) {
    const { source, names } = exportsIn({
      ...WHOLE,
      'Module.symvers': [before + OF_MODULE, 11],
      'vmlinux.o': ['', 20],
      'vmlinux.symvers': [after, 21],
      'System.map': [map('fput'), 22],
    });
    assert.equal(source, '/b/vmlinux.symvers');
    assert.deepEqual(
      names,
      expected,
      'the exports of modules come from their index, which has no names here',
    );
  }
});

test('the exports of modules are not read from a list of the previous build', () => {
  const { symbols } = exportsIn(
    { ...WHOLE, 'vmlinux.o': ['', 20], 'vmlinux.symvers': [PLAIN, 21], 'System.map': [map('fput'), 22] },
    RELEASE,
    '# Aliases\nalias symbol:ext_fs ext\n',
  );
  assert.deepEqual(symbols.ext_fs, { crc: null, gplOnly: null, namespace: null, from: 'ext' });
});

test('before 5.8 there is no vmlinux.symvers, and System.map has the exports', () => {
  const stale = {
    ...WHOLE,
    'Module.symvers': [PATCHED, 11],
    'vmlinux.o': ['', 20],
    'System.map': [map('fput'), 22],
  } as const;
  const { source, kind, names } = exportsIn(stale, '4.19.300-gentoo');
  assert.deepEqual([source, kind, names], ['/b/System.map', 'system-map', ['fput']]);
});

test('after a link that failed, the kernel is still the previous one', () => {
  const failed = { ...WHOLE, 'vmlinux.o': ['', 30], 'Module.symvers': [PATCHED, 31] } as const;
  const { source, names } = exportsIn(failed);
  assert.deepEqual([source, names], ['/b/System.map', ['fput']]);
});

test('without vmlinux.o, a list that contradicts System.map is not used', () => {
  const { 'vmlinux.o': _, ...rest } = WHOLE;
  assert.equal(exportsIn(rest).source, '/b/Module.symvers');
  assert.equal(exportsIn({ ...rest, 'Module.symvers': [PATCHED, 11] }).source, '/b/System.map');
  assert.equal(exportsIn({ ...rest, 'vmlinux.symvers': [PATCHED, 13] }).source, '/b/vmlinux.symvers');
  assert.equal(exportsIn({ 'Module.symvers': [PATCHED, 11] }).source, '/b/Module.symvers');
});
