import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { known } from '../../../src/model/fact.ts';
import { exportsFromSymvers } from '../../../src/system/abi/symvers.ts';
import { readSymbolMap, symbolsPresent } from '../../../src/system/abi/system-map.ts';
import { readVersionGaps } from '../../../src/system/abi/version-gaps.ts';
import { MIB } from '../../../src/system/open-file.ts';
import { openRoot } from '../../../src/system/root.ts';
import { layOut, temporaryDirectory } from '../../support/temporary.ts';

const WANTED: ReadonlySet<string> = new Set(['fput', 'setfl', 'vma_do_fput']);

test('any bytes of Module.symvers give only wanted exports with a CRC', () => {
  const piece = fc.oneof(
    fc.constantFrom(
      '0x12345678',
      '0xzz',
      '\t',
      'fput',
      'setfl',
      'vmlinux',
      'EXPORT_SYMBOL',
      'EXPORT_SYMBOL_GPL',
    ),
    fc.constantFrom('\n', '\r\n', '\t\t', '0x12345678\tfput\tvmlinux\tEXPORT_SYMBOL\t\n', '', '\0'),
    fc.string(),
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 30 }), fc.uint8Array(), (pieces, bytes) => {
      const raw = Buffer.concat([Buffer.from(pieces.join('')), bytes]);
      for (const [name, { crc }] of Object.entries(exportsFromSymvers(raw, WANTED))) {
        assert.ok(WANTED.has(name));
        assert.ok(crc === null || Number.isInteger(crc));
      }
    }),
    { numRuns: 500 },
  );
});

test('any bytes of a symbol map give only wanted symbols', () => {
  const piece = fc.oneof(
    fc.constantFrom(
      'ffffffff81000000 T ',
      '81000000 A ',
      '__ksymtab_fput\n',
      '__crc_fput\n',
      '__crc_',
      'fput\n',
    ),
    fc.constantFrom(
      '__start___ksymtab_gpl\n',
      '__stop___ksymtab_gpl\n',
      '\n',
      ' ',
      '\t[aufs]\n',
      'zz T fput\n',
    ),
    fc.string(),
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 30 }), fc.uint8Array(), (pieces, bytes) => {
      const raw = Buffer.concat([Buffer.from(pieces.join('')), bytes]);
      const { exports, present } = readSymbolMap(raw, WANTED, WANTED);
      for (const name of [...present, ...symbolsPresent(raw, WANTED)]) assert.ok(WANTED.has(name));
      if (!exports.known) return assert.equal(exports.code, 'no-data');
      for (const [name, { crc }] of Object.entries(exports.value)) {
        assert.ok(WANTED.has(name));
        assert.ok(crc === null || (Number.isInteger(crc) && crc >= 0));
      }
    }),
    { numRuns: 500 },
  );
});

// A search for the end of a field that ran past the end of its line took half an hour for each of these.
test('16 MB of lines without fields, or of one line, are read in time', { timeout: 60_000 }, () => {
  for (const part of [
    '\n',
    'a\n',
    '0x12345678aaaaaaa\n',
    'a',
    ' ',
    '\t',
    '0x12345678\t',
    'ffffffff81000000 T \n',
  ]) {
    const bytes = Buffer.alloc(16 * MIB, part);
    exportsFromSymvers(bytes, WANTED);
    readSymbolMap(bytes, WANTED, WANTED);
  }
});

test('any contents of the sources give an answer in time', { timeout: 60_000 }, () => {
  const directory = temporaryDirectory();
  const words = 'no symbol version for';
  const gaps = (text: string) => {
    layOut(directory, { 'src/kernel/module/version.c': text });
    return readVersionGaps(openRoot(directory), '/src', known('6.1.192-gentoo'));
  };
  for (const part of [words, `${words};`, `${words} x;\n`, `${words};${' '.repeat(200)}`]) {
    const answer = gaps(part.repeat(1_000_000 / part.length));
    assert.ok(!answer.known && answer.code === 'no-data');
  }
  const piece = fc.oneof(
    fc.constantFrom(words, ';', ' return 1;', ' return 0;', '\n', 'return 2;'),
    fc.string(),
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
      const answer = gaps(pieces.join(''));
      assert.ok(answer.known || answer.code === 'no-data');
    }),
    { numRuns: 100 },
  );
});
