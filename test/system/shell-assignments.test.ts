import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseAssignments, splitWords } from '../../src/system/shell-assignments.ts';
import { temporaryDirectory } from '../support/temporary.ts';
import { needs } from '../support/tools.ts';

/** Pieces of a value as people write them. */
const PIECE = fc.oneof(
  fc.constantFrom('-s', '--storage-driver=aufs', '-H', 'fd://', '\\ ', '\\"', "\\'", '\\\\', '\\\n'),
  fc.stringMatching(/^[a-z0-9=/._-]{0,6}$/),
  fc.stringMatching(/^[a-z \t=']{0,8}$/).map((text) => `"${text}"`),
  fc.stringMatching(/^[a-z \t="\\]{0,8}$/).map((text) => `'${text}'`),
  fc.constantFrom('"$FIRST"', '$FIRST', `"\${FIRST}x"`, '"a\nb"'),
);
const VALUE = fc.array(PIECE, { maxLength: 6 }).map((pieces) => pieces.join(''));

test('assignments are read as bash reads them', { skip: needs('bash') }, () => {
  const file = join(temporaryDirectory(), 'docker');
  const script = '. "$1"; printf "%s\\0%s" "$FIRST" "$DOCKER_OPTS"';
  fc.assert(
    fc.property(VALUE, VALUE, fc.constantFrom('', '+', 'export '), (first, second, how) => {
      const operator = how === '+' ? '+=' : '=';
      const prefix = how === 'export ' ? how : '';
      // `$FIRST` in its own value is empty in a new shell.
      const text = `# it's a comment\nFIRST=${first}\n\n${prefix}DOCKER_OPTS${operator}${second} # behind\nif true; then :; fi\n`;
      writeFileSync(file, text);
      const [bashFirst, bashSecond] = execFileSync('bash', ['--norc', '-c', script, 'bash', file], {
        encoding: 'utf8',
        env: {},
      }).split('\0');
      const values = parseAssignments(text);
      assert.equal(values.get('FIRST'), bashFirst);
      assert.equal(values.get('DOCKER_OPTS'), bashSecond);
    }),
    { numRuns: 150, examples: [['', '$FIRST\\\na', '']] },
  );
});

test('words are split as bash splits them', { skip: needs('bash') }, () => {
  const piece = fc.oneof(
    fc.constantFrom(' ', '\t', '\\ ', '\\"', "''", '""'),
    fc.stringMatching(/^[a-z=/-]{1,6}$/),
    fc.stringMatching(/^[a-z ]{0,6}$/).map((text) => `'${text}'`),
    fc.stringMatching(/^[a-z ']{0,6}$/).map((text) => `"${text}"`),
  );
  const line = fc.array(piece, { maxLength: 10 }).map((pieces) => pieces.join(''));
  fc.assert(
    fc.property(line, (text) => {
      const script = 'eval "set -- $1"; for word; do printf "%s\\0" "$word"; done';
      const words = execFileSync('bash', ['--norc', '-c', script, 'bash', text], {
        encoding: 'utf8',
        env: {},
      })
        .split('\0')
        .slice(0, -1);
      assert.deepEqual(splitWords(text), words);
    }),
    { numRuns: 150 },
  );
});

test('any text gives an answer', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string({ unit: 'binary' }),
        fc.string({ unit: fc.constantFrom('A', '=', '"', "'", '$', '{', '}', '\\', '\n', ' ', ';', '+') }),
      ),
      (text) => {
        for (const value of parseAssignments(text).values()) assert.ok(value.length <= 64 * 1024);
        assert.ok(splitWords(text).join('').length <= text.length);
      },
    ),
  );
});

test('values that double with every line, and files without an end of line, stay small', {
  timeout: 20_000,
}, () => {
  const doubling = parseAssignments(`A=aufs\n${'A="$A$A"\n'.repeat(100)}`);
  assert.equal(doubling.get('A')?.length, 64 * 1024);
  assert.equal(parseAssignments(`A=${'x'.repeat(1024 * 1024)}`).get('A')?.length, 64 * 1024);
  assert.equal(parseAssignments(`A="${'$A'.repeat(500_000)}`).get('A'), '');
});
