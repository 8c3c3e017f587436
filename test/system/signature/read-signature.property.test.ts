import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { derChildren, derValue } from '../../../src/system/signature/der.ts';
import { readSignature } from '../../../src/system/signature/read-signature.ts';
import { countingFile } from '../../support/counting-file.ts';

const MARKER = '~Module signature appended~\n';

test('any bytes before the marker of a signature: the end of the module is inside the file', () => {
  const length = fc.oneof(fc.nat(400), fc.constantFrom(0xffffffff, 0x80000000, 0));
  fc.assert(
    fc.property(
      fc.uint8Array({ maxLength: 400 }),
      fc.uint8Array({ minLength: 8, maxLength: 8 }),
      length,
      (head, kinds, size) => {
        const announced = Buffer.alloc(4);
        announced.writeUInt32BE(size);
        const bytes = Buffer.concat([head, kinds, announced, Buffer.from(MARKER)]);
        for (const whole of [bytes, Buffer.from(head), bytes.subarray(bytes.length - 30)]) {
          const { file, used } = countingFile(whole);
          const signed = readSignature(file);
          assert.ok(signed.size >= 0 && signed.size <= whole.length);
          if (signed.signature === null) assert.equal(signed.size, whole.length);
          assert.ok(used.bytes <= 2 * whole.length);
        }
      },
    ),
    { numRuns: 1000 },
  );
});

test('any bytes are DER values inside of them', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (array) => {
      const bytes = Buffer.from(array);
      const value = derValue(bytes);
      assert.ok(value === null || value.whole.length <= bytes.length);
      const total = derChildren({ content: bytes }).reduce((sum, { whole }) => sum + whole.length, 0);
      assert.ok(total <= bytes.length);
    }),
    { numRuns: 1000 },
  );
});
