import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { decompress } from '../../src/system/decompress.ts';

test('any bytes unpack, or give a reason', () => {
  const packed = gzipSync(Buffer.from('aufs '.repeat(200)));
  const change = fc.tuple(fc.nat(packed.length - 1), fc.nat(255));
  fc.assert(
    fc.property(fc.array(change, { maxLength: 6 }), fc.uint8Array(), fc.boolean(), (changes, tail, whole) => {
      const bytes = Buffer.concat(whole ? [packed, tail] : [tail]);
      for (const [at, value] of changes) if (at < bytes.length) bytes[at] = value;
      for (const fact of [decompress(bytes, 'gzip'), decompress(bytes, 'gzip', { cutShort: true })])
        assert.ok(fact.known || fact.code === 'malformed' || fact.code === 'too-large');
    }),
    { numRuns: 500 },
  );
});
