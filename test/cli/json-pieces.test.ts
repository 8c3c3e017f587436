import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { jsonPieces } from '../../src/cli/json-pieces.ts';

test('any value is written as JSON.stringify() writes it', () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 7 }), (value) => {
      assert.equal([...jsonPieces(value)].join(''), JSON.stringify(value));
    }),
  );
  assert.equal([...jsonPieces({ a: undefined, b: [undefined], c: {} })].join(''), '{"b":[null],"c":{}}');
});
