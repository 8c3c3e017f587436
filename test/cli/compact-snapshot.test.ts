import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { compactSnapshot, expandSnapshot } from '../../src/cli/compact-snapshot.ts';
import { inSync } from '../../src/demo/in-sync.ts';
import { writeMachine } from '../../src/demo/machine.ts';
import type { Snapshot } from '../../src/model/snapshot.ts';
import { NOW, read } from '../support/machines.ts';
import { temporaryDirectory } from '../support/temporary.ts';

async function snapshotHere(): Promise<Snapshot> {
  const root = join(temporaryDirectory(), 'root');
  writeMachine(root, inSync(NOW));
  return read(root);
}

test('a saved snapshot is smaller, and reading it gives the same snapshot', async () => {
  const snapshot = await snapshotHere();
  const text = JSON.stringify(compactSnapshot(snapshot));
  assert.deepEqual(expandSnapshot(JSON.parse(text)), JSON.parse(JSON.stringify(snapshot)));
  assert.ok(text.length < JSON.stringify(snapshot).length);
});

test('data that several kernels share is stored once', async () => {
  const snapshot = await snapshotHere();
  const [release] = snapshot.modules;
  assert.ok(release !== undefined);
  const one = { ...snapshot, modules: [release] };
  const seven = { ...snapshot, modules: Array.from({ length: 7 }, () => release) };
  const held = (value: unknown): unknown => Object(compactSnapshot(Object(value))).held;
  const symbols = ({ names, lists, forms }: Record<string, unknown>): unknown => ({ names, lists, forms });
  assert.deepEqual(symbols(Object(held(seven))), symbols(Object(held(one))));
  const [file] = release.modules;
  const with100 = { ...one, modules: [{ ...release, modules: Array.from({ length: 100 }, () => file) }] };
  const grown = JSON.stringify(compactSnapshot(Object(with100))).length;
  assert.ok(grown < JSON.stringify(with100).length / 3);
});

test('any table of symbols survives compacting, whatever its names are', () => {
  const crc = fc.option(fc.integer({ min: 0, max: 0xffffffff }));
  const name = fc.oneof(fc.string({ minLength: 1 }), fc.constantFrom('kmalloc', 'a?', 'b*', 'c@d', '%', ' '));
  const imports = fc.array(fc.record({ name, crc, weak: fc.boolean() }));
  const exports = fc.array(fc.record({ name, crc, gplOnly: fc.boolean(), namespace: fc.string() }));
  const entry = fc.record({
    crc,
    gplOnly: fc.option(fc.boolean()),
    namespace: fc.option(fc.constantFrom('', 'NS', 'module:a,b*', ' ')),
    from: fc.constantFrom('vmlinux', 'fs/x', ''),
  });
  const symbols = fc.dictionary(
    name.filter((key) => key !== '__proto__'),
    entry,
  );
  fc.assert(
    fc.property(fc.record({ imports, exports, symbols }), (part) => {
      const value: unknown = JSON.parse(JSON.stringify(part));
      const saved: unknown = JSON.parse(JSON.stringify(compactSnapshot(value as Snapshot)));
      assert.deepEqual(expandSnapshot(saved), value);
    }),
  );
});

test('any records of modules survive compacting', () => {
  const text = fc.constantFrom('a text that is there often', 'another one of them', 'short');
  const leaf = fc.oneof(text, fc.integer(), fc.constant(null), fc.boolean());
  const { tree } = fc.letrec((tie) => ({
    tree: fc.oneof({ maxDepth: 4 }, leaf, fc.array(tie('tree')), fc.dictionary(key, tie('tree'))),
  }));
  const modules = fc.array(fc.record({ release: text, modules: fc.array(tree) }));
  fc.assert(
    fc.property(fc.record({ modules }), (snapshot) => {
      const value: unknown = JSON.parse(JSON.stringify(snapshot));
      const saved: unknown = JSON.parse(JSON.stringify(compactSnapshot(Object(value))));
      assert.deepEqual(expandSnapshot(saved), value);
    }),
    { numRuns: 40 },
  );
});

/** Some names that the compact form itself uses. */
const key = fc.constantFrom('form', 'values', 'text', 'name', 'modules', 'held', 'lists', 'info');

test('any other JSON is returned unchanged, for the form to refuse', () => {
  fc.assert(fc.property(fc.jsonValue(), (value) => expandSnapshot(value) !== undefined));
  const odd = { imports: { list: 0, crcs: 'short' }, exports: { list: 9, crcs: '' }, symbols: { tables: 1 } };
  const held = { names: 'a b', lists: ['0 1', '7'], forms: [['a', 'b']], texts: [] };
  assert.deepEqual(expandSnapshot({ ...odd, held }), odd);
  const files = [
    { form: 0, values: [1] },
    { form: 3, values: [] },
    { text: 5 },
    { form: 0, values: [1, 'c'] },
  ];
  assert.deepEqual(expandSnapshot({ modules: [{ modules: files }], held }), {
    modules: [{ modules: [null, null, null, { a: 1, b: 'c' }] }],
  });
});
