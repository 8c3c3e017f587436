import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, suite, test } from 'node:test';
import { writeMachine } from '../../src/demo/machine.ts';
import { codeBlocks } from '../support/code-blocks.ts';
import { zfsOnly } from '../support/demo/zfs-only.ts';
import { PROGRAM } from '../support/program.ts';
import { temporaryDirectory } from '../support/temporary.ts';

const PACKAGE = join(import.meta.dirname, '../../..');
const README = readFileSync(join(PACKAGE, 'README.md'), 'utf8');
const SHOWN = codeBlocks(README).filter(({ language }) => language === 'console');

/** Replaces times, which depend on the day of the test. */
function timeless(text: string): string {
  return text.replaceAll(/\d{4}-\d\d-\d\d \d\d:\d\d/g, 'TIME');
}

suite('README.md', () => {
  const directory = temporaryDirectory();

  before(() => {
    writeFileSync(join(directory, 'aufswatch'), `#!/bin/sh\nexec ${process.execPath} ${PROGRAM} "$@"\n`);
    chmodSync(join(directory, 'aufswatch'), 0o755);
    run('aufswatch demo try');
    writeMachine(join(directory, 'zfs'), zfsOnly(Date.now()));
  });

  function run(command: string): string {
    const [program = '', ...words] = command.split(' ');
    const env = { PATH: `${directory}:/usr/bin:/bin`, LC_ALL: 'C.UTF-8', HOME: directory };
    return spawnSync(program, words, { cwd: directory, env, encoding: 'utf8', timeout: 60_000 }).stdout;
  }

  for (const { text } of SHOWN) {
    const [first = '', ...rest] = text.split('\n');
    const command = first.replace(/^\$ /, '');
    const shown = rest.join('\n');
    test(`shows the output of "${command}"`, () => {
      // before() has written this demonstration.
      if (command === 'aufswatch demo try') return assert.match(shown, /^A demonstration system is in try\./);
      const printed = timeless(run(command));
      if (shown.endsWith('…\n')) {
        const part = timeless(shown.slice(0, -2));
        assert.equal(printed.slice(0, part.length), part);
      } else {
        assert.equal(printed, timeless(shown));
      }
    });
  }

  test('names only files that exist', () => {
    const links = [...README.matchAll(/\]\(([^)#][^)]*)\)/g)].map(([, path = '']) => path);
    const scripts = ['packaging/install', 'packaging/uninstall', 'packaging/gentoo/app-portage/aufswatch'];
    for (const path of [...links, ...scripts]) assert.ok(existsSync(join(PACKAGE, path)), path);
  });

  test('every npm script that the pages name exists', () => {
    const { scripts } = JSON.parse(readFileSync(join(PACKAGE, 'package.json'), 'utf8')) as {
      scripts: Record<string, string>;
    };
    const pages = README + readFileSync(join(PACKAGE, 'CONTRIBUTING.md'), 'utf8');
    const named = [...pages.matchAll(/npm run ([\w:]+)/g)].map(([, name = '']) => name);
    assert.ok(named.length > 0);
    for (const name of named) assert.ok(name in scripts, name);
  });
});
