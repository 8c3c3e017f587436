import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';
import { fnmatch } from '../../../src/system/modules/fnmatch.ts';
import { needs } from '../../support/tools.ts';

const PATTERNS = [
  ...['', '*', '**', '?', 'a*', '*a', '*a*b', 'a?c', '[a-c]x', '[!a-c]x', '[^a]', '[]a]', '[]-a]', '[a-]'],
  ...['[', 'a[', '[a', '\\*', '\\a', '[[:digit:]]*', '[[:upper:]]', '[[:nothing:]]', 'pci:v*d*sv*', '[\\]]'],
  ...['*.*', 'A', '[A-Z]', '*[0-9]', 'a\\', '[!]]', 'x[b-b]', '[c-a]', '[[:alpha:]_]?'],
];
const NAMES = ['', 'a', 'b', 'x', 'ax', 'bx', 'dx', 'abc', 'aab', 'ab', '*', '[', ']', '-', 'A', 'Z', '_1'];
const MORE = ['5', '7a', 'a[', '[a', 'pci:v0d1sv2', 'a.b', '.', '\\', 'a\\', 'xb', 'aXb', 'a*', 'é'];

// bash has its own matcher; Python's is for another language; perl and awk have none. C has the real one.
const PROGRAM = `#include <fnmatch.h>
#include <stdio.h>
#include <string.h>
int main(void) { char p[99], n[99];
  while (fgets(p, 99, stdin) && fgets(n, 99, stdin)) { p[strcspn(p, "\\n")] = n[strcspn(n, "\\n")] = 0;
    putchar(fnmatch(p, n, 0) == 0 ? '1' : '0'); } }
`;

test('patterns match as with fnmatch(3)', { skip: needs('gcc') }, async (context) => {
  const { mkdtempSync, rmSync } = await import('node:fs');
  const { tmpdir } = await import('node:os');
  const { join } = await import('node:path');
  const directory = mkdtempSync(join(tmpdir(), 'aufswatch-'));
  context.after(() => rmSync(directory, { recursive: true }));
  const program = join(directory, 'fnmatch');
  execFileSync('gcc', ['-x', 'c', '-o', program, '-'], { input: PROGRAM });
  const pairs = PATTERNS.flatMap((pattern) => [...NAMES, ...MORE].map((name) => [pattern, name] as const));
  const input = pairs.flat().map((text) => `${text}\n`);
  const printed = execFileSync(program, { input: input.join(''), encoding: 'latin1', env: { LC_ALL: 'C' } });
  const differing = pairs.filter(([pattern, name], index) => {
    const isAscii = /^[\0-\x7f]*$/.test(name);
    return isAscii && fnmatch(pattern, name) !== (printed[index] === '1');
  });
  assert.deepEqual(differing, []);
});

test('a pattern of many stars ends in time', () => {
  assert.equal(fnmatch(`${'*a'.repeat(40)}b`, 'a'.repeat(4000)), false);
});
