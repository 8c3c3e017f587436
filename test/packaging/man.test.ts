import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import { MAN_PAGES, manPage } from '../../packaging/man/pages.ts';
import { knownCommands } from '../../src/cli/commands.ts';
import { CATALOGUE } from '../../src/verdict/catalogue.ts';
import { temporaryDirectory } from '../support/temporary.ts';
import { needs } from '../support/tools.ts';

const PACKAGE = resolve(import.meta.dirname, '../../..');
const SKIP = needs('mandoc');
/** groff needs less than a second for a page; it never ends if a list is wider than the terminal. ms. */
const LIMIT = 60_000;
const directory = temporaryDirectory();

function mandoc(name: (typeof MAN_PAGES)[number], ...words: readonly string[]): string {
  const path = join(directory, name);
  writeFileSync(path, manPage(PACKAGE, name));
  const { stdout, stderr } = spawnSync('mandoc', [...words, path], { encoding: 'utf8' });
  return stdout + stderr;
}

/** The output of man(1) on a terminal with that many columns, and its warnings. */
function man(name: (typeof MAN_PAGES)[number], columns: number, ...words: readonly string[]) {
  const path = join(directory, name);
  writeFileSync(path, manPage(PACKAGE, name));
  const env = { PATH: process.env.PATH, LC_ALL: 'C.UTF-8', MANROFFSEQ: '', MANWIDTH: String(columns) };
  const { status, stderr } = spawnSync('man', [...words, '--local-file', path], {
    env,
    encoding: 'utf8',
    timeout: LIMIT,
  });
  return { status, stderr };
}

/** Removes bold and underline as old terminals wrote it: a letter, a backspace, and the letter over it. */
const OVERSTRUCK = new RegExp(`.${String.fromCharCode(8)}`, 'g');

function asText(name: (typeof MAN_PAGES)[number]): string {
  return mandoc(name, '-Tascii').replaceAll(OVERSTRUCK, '');
}

for (const name of MAN_PAGES) {
  test(`${name} passes mandoc's checks`, { skip: SKIP }, () => {
    const complaints = mandoc(name, '-Tlint')
      .split('\n')
      .filter((line) => line !== '')
      // Pages that are installed on this machine.
      .filter((line) => !/referenced manual not found|outdated mandoc.db/.test(line));
    assert.deepEqual(complaints, []);
  });

  test(`${name} passes groff's checks`, { skip: needs('man') }, () => {
    assert.deepEqual(man(name, 80, '--warnings'), { status: 0, stderr: '' });
  });

  test(`${name} has no placeholder left`, () => {
    assert.doesNotMatch(manPage(PACKAGE, name), /@\w+@/);
  });
}

test('groff formats aufswatch(1) on a narrow terminal as well', { skip: needs('man') }, () => {
  // With the longer names of the other pages, groff's own heading never ends.
  assert.equal(man('aufswatch.1', 40).status, 0);
});

test('aufswatch(1) has every visible command', { skip: SKIP }, async () => {
  const text = asText('aufswatch.1');
  for (const { name, options } of await knownCommands()) {
    assert.match(text, new RegExp(`^ {5}${name}\\b`, 'm'), name);
    for (const option of Object.keys(options)) assert.ok(text.includes(`--${option}`), `${name} --${option}`);
  }
});

test('aufswatch-findings(7) has every finding', { skip: SKIP }, () => {
  const text = asText('aufswatch-findings.7');
  for (const { code } of CATALOGUE) assert.match(text, new RegExp(`^ {5}${code} \\(`, 'm'), code);
});
