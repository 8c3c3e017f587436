import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseModinfo } from '../../../src/system/modules/modinfo.ts';
import { hasModule } from '../../../src/system/modules/module-index.ts';
import { parseExtendedVersions, parseVersions } from '../../../src/system/modules/versions.ts';
import { MIB } from '../../../src/system/open-file.ts';

test('any bytes of .modinfo are values under keys, in their order', () => {
  const piece = fc.oneof(
    fc.constantFrom('\0', '=', 'license', 'vermagic=', 'alias=x\0', '__proto__=y\0'),
    fc.string(),
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 30 }), fc.uint8Array(), (pieces, bytes) => {
      const raw = Buffer.concat([Buffer.from(pieces.join('')), bytes]);
      const text = raw.toString('utf8');
      for (const [key, values] of parseModinfo(raw)) {
        assert.ok(key !== '' && values.length > 0);
        for (const value of values) assert.ok(text.includes(`${key}=${value}`));
      }
    }),
    { numRuns: 500 },
  );
});

test('any bytes of the version tables are names with CRCs of 32 bits', () => {
  const bytes = fc.uint8Array({ maxLength: 300 }).map((array) => Buffer.from(array));
  fc.assert(
    fc.property(bytes, bytes, fc.constantFrom<32 | 64>(32, 64), fc.boolean(), (one, other, bits, little) => {
      for (const table of [parseVersions(one, bits, little), parseExtendedVersions(one, other, little)]) {
        for (const [name, crc] of table) {
          assert.ok(name !== '' && !name.includes('\0'));
          assert.ok(Number.isInteger(crc) && crc >= 0 && crc <= 0xffffffff);
        }
      }
    }),
    { numRuns: 1000 },
  );
});

test('sections of megabytes are read in time', { timeout: 60_000 }, () => {
  for (const part of ['\0', 'a', '=', 'a=b\0', 'a\0', '\xff']) {
    const bytes = Buffer.alloc(4 * MIB, part, 'latin1');
    parseModinfo(bytes);
    parseVersions(bytes, 64, true);
    parseExtendedVersions(bytes, bytes, true);
  }
});

test('a name is in an index of modules only as it is written there', () => {
  const text = fc.string({ unit: fc.constantFrom('a', '_', '-', '/', '.ko', '\n', ':') });
  const name = fc.stringMatching(/^[a_-]{1,4}$/);
  fc.assert(
    fc.property(text, text, name, (before, after, module) => {
      assert.ok(hasModule(`${before}/${module}.ko${after}`, module));
      if (hasModule(before, module)) assert.ok(before.includes('.ko'));
    }),
  );
});
