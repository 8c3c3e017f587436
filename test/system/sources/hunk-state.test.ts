import assert from 'node:assert/strict';
import { test } from 'node:test';
import { matchHunks } from '../../../src/system/sources/hunk-match.ts';
import { hunkStates } from '../../../src/system/sources/hunk-state.ts';
import { parsePatch } from '../../../src/system/sources/patch-file.ts';

const HEAD = ' one\n two\n three\n';
const TAIL = ' four\n five\n six\n';

/** The state of a hunk that adds lines between `three` and `four`. */
function stateOf(file: string, ...added: readonly string[]): string {
  const lines = added.map((line) => `+${line}\n`).join('');
  const patch = `--- a/x.c\n+++ b/x.c\n@@ -1,6 +1,${6 + added.length} @@\n${HEAD}${lines}${TAIL}`;
  const parsed = parsePatch(patch);
  assert.ok(parsed.known);
  const [diff] = parsed.value;
  assert.ok(diff !== undefined);
  const reverse = matchHunks(Buffer.from(file), diff, 'reverse');
  assert.ok(reverse.known);
  const states = hunkStates(Buffer.from(file), diff, reverse.value);
  assert.ok(states.known);
  return states.value.join(' ');
}

const PLAIN = 'one\ntwo\nthree\nfour\nfive\nsix\n';

test('the states of a hunk: present, applied in another form, missing, unclear', () => {
  assert.equal(stateOf('one\ntwo\nthree\nint vma;\nfour\nfive\nsix\n', 'int vma;'), 'there');
  assert.equal(stateOf(`${PLAIN}\tint  vma;\n`, 'int vma;'), 'otherwise');
  assert.equal(stateOf(PLAIN, 'int vma;'), 'missing');
  assert.equal(stateOf('else\n', 'int vma;'), 'unclear');
});

test('a hunk that would fit beside the form of another set is not missing', () => {
  const other = PLAIN.replace('four', '#if AUFS\nint vma;\nint prfile;\n#endif\nfour');
  assert.equal(stateOf(other, 'int vma;', 'int prfile;', 'int older;'), 'unclear');
  // A common line proves nothing.
  assert.equal(stateOf(`${PLAIN}return ret;\n`, 'int vma;', 'int prfile;', 'return ret;'), 'missing');
});

test('lines without a word do not count', () => {
  assert.equal(stateOf(PLAIN, '{', '}'), 'missing');
});
