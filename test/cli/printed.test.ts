import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { errorText, printed } from '../../src/cli/printed.ts';
import { actsOnReader, visible, visibleJson } from '../../src/model/visible.ts';

/** Characters that move a cursor, set a title, reverse the direction of text or are invisible. */
const HOSTILE = fc.constantFrom(
  ...['\u001b]0;x\u0007', '\u001b[2J', '\u009b31m', '\r', '\b', '\u007f', '\u0085', '\u202e', '\u2066'],
  ...['\u200b', '\ufeff', '\u2028', '\u00ad', '\u{e0041}', '\u061c', '\ud800', '\u001b[8m'],
);
const ANY = fc
  .array(fc.oneof(HOSTILE, fc.string({ unit: 'binary' })), { maxLength: 8 })
  .map((parts) => parts.join(''));

// biome-ignore lint/suspicious/noControlCharactersInRegex: the colours of this program
const COLOURS = /\u001b\[(?:0|1|31|32|33|90)m/g;

test('in any output, only the colours of this program act on a terminal', () => {
  fc.assert(
    fc.property(ANY, (text) => {
      const shown = printed(`\u001b[31mcritical\u001b[0m: ${text}\n`);
      assert.ok(!actsOnReader(shown.replace(COLOURS, '').replace(/[\n\t]/g, '')), JSON.stringify(shown));
      assert.ok(shown.startsWith('\u001b[31mcritical\u001b[0m'));
      assert.ok(!actsOnReader(errorText(text).replace(/\n$/, '')));
    }),
  );
});

test('JSON keeps its value, and shows control characters as escapes', () => {
  fc.assert(
    fc.property(ANY, (text) => {
      const json = visibleJson({ [text]: [text] }, 2);
      assert.deepEqual(JSON.parse(json), { [text]: [text] });
      assert.ok(!actsOnReader(json.replaceAll('\n', '')), json);
    }),
  );
});

test('visible text is unchanged', () => {
  for (const text of ['6.1.192-gentoo', 'é ü 日本 🐧', "it's \\x1b", '']) assert.equal(visible(text), text);
  assert.equal(visible('a\u001b[31m\nb\u202e'), 'a\\x1b[31m\\x0ab\\u202e');
});
