import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { known } from '../../../src/model/fact.ts';
import { MIB } from '../../../src/system/open-file.ts';
import { openRoot } from '../../../src/system/root.ts';
import { readAufsVersion } from '../../../src/system/sources/aufs-version.ts';
import { hasExport, hasWord } from '../../../src/system/sources/find-mark.ts';
import { matchHunks } from '../../../src/system/sources/hunk-match.ts';
import { indexLines } from '../../../src/system/sources/line-index.ts';
import { parsePatch } from '../../../src/system/sources/patch-file.ts';
import { parseGitNames, parseHeaderName } from '../../../src/system/sources/patch-names.ts';
import { readRelease } from '../../../src/system/sources/release.ts';
import { parseVersion } from '../../../src/system/sources/version.ts';
import { layOut, temporaryDirectory } from '../../support/temporary.ts';

const PATCH_PIECE = fc.oneof(
  fc.constantFrom(
    '--- a/x\n',
    '+++ b/x\n',
    '--- /dev/null\n',
    'diff --git a/x b/x\n',
    'index 0..1\n',
    '@@ -1 +1 @@\n',
  ),
  fc.constantFrom(
    '@@ -1,2 +1,999999999999999 @@\n',
    '@@ -0,0 +1 @@\n',
    '@@ -',
    '+a\n',
    '-a\n',
    ' a\n',
    '\\ No\n',
    '#\n',
    '\n',
  ),
  fc.constantFrom(
    'new file mode 100644\n',
    '\r\n',
    '\t1970-01-01 00:00:00\n',
    '+++ b/../../etc/passwd\n',
    '--- "a b"\n',
  ),
  fc.string({ unit: 'binary-ascii' }),
);
const directory = temporaryDirectory();

test('any text is a patch of files in the tree, or malformed', () => {
  fc.assert(
    fc.property(fc.array(PATCH_PIECE, { maxLength: 30 }), fc.string(), (pieces, text) => {
      const parsed = parsePatch(pieces.join(''));
      if (!parsed.known) return assert.equal(parsed.code, 'malformed');
      for (const diff of parsed.value) {
        for (const path of diff.paths)
          assert.ok(!path.startsWith('/') && !path.split('/').includes('..'), path);
        for (const direction of ['forward', 'reverse'] as const) {
          const found = matchHunks(Buffer.from(text), diff, direction);
          assert.ok(found.known ? found.value.length === diff.hunks.length : found.code === 'timeout');
        }
      }
    }),
    { numRuns: 1000 },
  );
});

test('any header names a file in the tree or none', () => {
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.string({ unit: fc.constantFrom('a', '/', '..', ' ', '\t', '"', '1970', '-', ':', '/dev/null', '\n') }),
  );
  fc.assert(
    fc.property(text, (header) => {
      for (const path of [parseHeaderName(header).path, ...(parseGitNames(header) ?? [])]) {
        if (path === null) continue;
        assert.ok(path !== '' && !path.startsWith('/') && !path.split('/').includes('..'), path);
      }
    }),
    { numRuns: 1000 },
  );
});

test('any text gives a kernel version or is malformed', () => {
  const piece = fc.oneof(
    fc.constantFrom(
      'VERSION = 6\n',
      'PATCHLEVEL=1\n',
      'SUBLEVEL = 192 # x\n',
      'EXTRAVERSION = -gentoo\n',
      'VERSION = x\n',
    ),
    fc.constantFrom('=', '#', '\n', 'VERSION'),
    fc.string({ unit: 'binary' }),
  );
  fc.assert(
    fc.property(fc.array(piece), (pieces) => {
      const version = parseVersion('/Makefile', pieces.join(''));
      if (!version.known) return assert.equal(version.code, 'malformed');
      assert.ok(Number.isInteger(version.value.version) && Number.isInteger(version.value.sublevel));
    }),
  );
});

test('any bytes in the files of a tree give its release and its AUFS, or a reason', () => {
  const bytes = fc.oneof(
    fc.constantFrom(
      '-x\n',
      '6.1.192-gentoo\n',
      '',
      '\n\n',
      '#define AUFS_VERSION "6.1"\n',
      '#define AUFS_VERSION "',
    ),
    fc.uint8Array({ maxLength: 100 }),
  );
  const version = known({ version: 6, patchlevel: 1, sublevel: 192, extraversion: '' });
  const config = known({ path: '/x', mtime: 0, options: { LOCALVERSION: '-y' }, hash: '', modular: false });
  fc.assert(
    fc.property(fc.tuple(bytes, bytes, bytes, bytes), ([recorded, local, saved, header]) => {
      layOut(directory, {
        'tree/include/config/kernel.release': recorded,
        'tree/localversion-x': local,
        'tree/.scmversion': saved,
        'tree/include/uapi/linux/aufs_type.h': header,
      });
      const root = openRoot(directory);
      const release = readRelease(root, '/tree', version, config);
      assert.ok(release.known ? /^[\x21-\x7e]{1,64}$/.test(release.value) : release.code === 'malformed');
      const aufs = readAufsVersion(root, '/tree');
      assert.ok(aufs.known ? (aufs.value ?? '').length <= 100 : aufs.code === 'malformed');
    }),
    { numRuns: 100 },
  );
});

test('lines and marks are found in any text', () => {
  const text = fc.string({
    unit: fc.constantFrom('setfl', '(', ')', ' ', '\n', '_', 'EXPORT_SYMBOL', '_GPL', ',', 'a'),
  });
  fc.assert(
    fc.property(text, fc.nat(12), (source, count) => {
      const bytes = Buffer.from(source, 'latin1');
      const index = indexLines(bytes);
      const lines = source.split('\n').length - (source === '' || source.endsWith('\n') ? 1 : 0);
      // Earlier requests change no answer.
      assert.equal(index.has(count), count < lines);
      assert.equal(index.count(), lines);
      assert.equal(index.has(count), count < lines);
      assert.equal(index.offset(lines), source.length);
      const there = /(?<!\w)setfl(?!\w)/.test(source);
      // Without the word EXPORT_SYMBOL each is a name; no other text is a name or an export.
      const isNamed = hasWord(bytes, 'setfl');
      assert.equal(isNamed || hasExport(bytes, 'setfl'), there);
      if (!source.includes('EXPORT_SYMBOL')) assert.equal(isNamed, there);
    }),
    { numRuns: 500 },
  );
});

test('texts of megabytes are read in time', { timeout: 60_000 }, () => {
  for (const part of [
    '--- a/x\n',
    '@@ -1 +1 @@\n',
    '\n',
    'a',
    '#\n',
    '#',
    ' ',
    '--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\n+b\n',
  ]) {
    const text = part.repeat((2 * MIB) / part.length);
    parsePatch(text);
    parsePatch(`--- a/x\n+++ b/x\n${text}`);
    parseHeaderName(text);
    parseGitNames(text);
    parseVersion('/Makefile', text);
  }
  for (const part of [
    'setfl(',
    'EXPORT_SYMBOL ',
    '(setfl',
    ' ',
    `setfl${' '.repeat(30)}`,
    'EXPORT_SYMBOL(setfl ',
  ]) {
    const text = part.repeat((2 * MIB) / part.length);
    hasWord(Buffer.from(text), 'setfl');
    hasExport(Buffer.from(text), 'setfl');
    hasExport(Buffer.from(`${text}setfl`), 'setfl');
  }
});
