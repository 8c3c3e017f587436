import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readSymbolMap } from '../../../src/system/abi/system-map.ts';

const NONE: ReadonlySet<string> = new Set();

test('the name of a module symbol in kallsyms ends at the TAB', () => {
  const text = 'ffffffff81000000 T vma_do_fput\nffffffffa0000000 t au_opt\t[aufs]\n';
  const { present } = readSymbolMap(Buffer.from(text), NONE, new Set(['vma_do_fput', 'au_opt']));
  assert.deepEqual([...present], ['vma_do_fput', 'au_opt']);
});

// A Gentoo kernel has 120,000 to 200,000; reading them took 5 s, the whole time limit of post_emerge.
test('all symbols of a kernel are read in a moment', () => {
  const line = (index: number): string =>
    `${(index + 0xffff0000).toString(16).padStart(16, 'f')} t function_${index}\n`;
  const bytes = Buffer.from(
    `${Array.from({ length: 150_000 }, (_, index) => line(index)).join('')}ffffffffa0000000 t x\t[x]\n`,
  );
  const started = process.cpuUsage();
  assert.equal(readSymbolMap(bytes, NONE, new Set(['function_149999'])).present.size, 1);
  assert.ok(process.cpuUsage(started).user < 2_000_000);
});
