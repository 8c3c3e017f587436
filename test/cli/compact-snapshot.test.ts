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

test('a saved snapshot is the same when it is read again, and smaller', async () => {
  const snapshot = await snapshotHere();
  const text = JSON.stringify(compactSnapshot(snapshot));
  assert.deepEqual(expandSnapshot(JSON.parse(text)), JSON.parse(JSON.stringify(snapshot)));
  assert.ok(text.length < JSON.stringify(snapshot).length);
});

test('what is the same for several kernels is held once', async () => {
  const snapshot = await snapshotHere();
  const [release] = snapshot.modules;
  assert.ok(release !== undefined);
  const seven = { ...snapshot, modules: Array.from({ length: 7 }, () => release) };
  const lists = (value: unknown): number => JSON.stringify(value).split('"list"').length - 1;
  const named = (value: unknown): number => JSON.stringify(Object(value).lists).length;
  const once = compactSnapshot(snapshot);
  const often = compactSnapshot(seven);
  assert.ok(lists(often) > lists(once));
  assert.ok(named(often) <= named(once));
});

test('any table of symbols comes back, whatever its names are', () => {
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

test('any other JSON is left to be refused by its form', () => {
  fc.assert(fc.property(fc.jsonValue(), (value) => expandSnapshot(value) !== undefined));
  const odd = { lists: ['a b'], imports: { list: 0, crcs: 'short' }, exports: { list: 9, crcs: '' } };
  const { lists: _, ...rest } = odd;
  assert.deepEqual(expandSnapshot(odd), rest);
});
