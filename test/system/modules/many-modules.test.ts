import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { linkSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { writeMachine } from '../../../src/demo/machine.ts';
import { patchedAgainNotRebuilt } from '../../../src/demo/story.ts';
import { readModule } from '../../../src/system/modules/read-module.ts';
import { openSymbolRoom } from '../../../src/system/modules/symbol-room.ts';
import { openRoot } from '../../../src/system/root.ts';
import { PROGRAM } from '../../support/program.ts';
import { smallElf } from '../../support/small-elf.ts';
import { layOut, temporaryDirectory } from '../../support/temporary.ts';
import { needs } from '../../support/tools.ts';

const MODULES = 2500;
/** MB */
const LIMIT = 200;
const RELEASE = 'lib/modules/6.1.192-gentoo/extra';
const PLACE = { owner: null, inTree: false, indexed: null };

const root = join(temporaryDirectory(), 'root');

function moduleWith(names: readonly string[]): Uint8Array {
  return smallElf({
    bits: 64,
    little: true,
    machine: 62,
    // For another kernel than any here, so that each of them is refused.
    modinfo: 'license=GPL\0vermagic=6.1.192-other SMP \0',
    imports: names.map((name, crc) => ({ name, crc, weak: false })),
  }).bytes;
}

before(() => {
  mkdirSync(root);
  writeMachine(root, patchedAgainNotRebuilt(Date.now()));
  const directory = join(root, RELEASE);
  mkdirSync(directory, { recursive: true });
  writeFileSync(
    join(directory, 'many_0.ko'),
    moduleWith(Array.from({ length: 50 }, (_, n) => `symbol_${n}`)),
  );
  const names = Array.from({ length: MODULES }, (_, n) => `many_${n}.ko`);
  for (const name of names.slice(1)) linkSync(join(directory, 'many_0.ko'), join(directory, name));
  const entry = 'd41d8cd98f00b204e9800998ecf8427e 1700000000';
  layOut(join(root, 'var/db/pkg/app-misc/many-1'), {
    CONTENTS: names.map((name) => `obj /${RELEASE}/${name} ${entry}\n`).join(''),
    PF: 'many-1\n',
    CATEGORY: 'app-misc\n',
    INHERITED: 'linux-mod-r1\n',
    SLOT: '0\n',
  });
});

for (const command of ['status', 'snapshot']) {
  test(`${command} of a machine with ${MODULES} modules of a package takes less than ${LIMIT} MB`, {
    skip: needs('/usr/bin/time'),
  }, () => {
    const words = ['-f', 'kB %M', process.execPath, PROGRAM, command, '--root', root];
    const { stderr, stdout, status } = spawnSync('/usr/bin/time', words, {
      encoding: 'utf8',
      maxBuffer: 64 * 1024 * 1024,
    });
    assert.equal(status, 0, stderr);
    assert.match(stdout, command === 'status' ? /many_0, many_1/ : /many_2499/);
    const used = Number(/kB (\d+)/.exec(stderr)?.[1]) / 1024;
    assert.ok(used < LIMIT, `${used} MB`);
  });
}

test('modules with equal imports share one list', () => {
  const machine = openRoot(root);
  const [one, other] = [1, 2].map((n) => readModule(machine, `/${RELEASE}/many_${n}.ko`, PLACE));
  assert.ok(one?.known && one.value.info.known && other?.known && other.value.info.known);
  assert.ok(one.value.info.value.imports.length === 50);
  for (const [n, symbol] of one.value.info.value.imports.entries())
    assert.equal(symbol, other.value.info.value.imports[n]);
});

test('if there is no more room for symbols, the imports of a module are unknown', () => {
  const small = openSymbolRoom({ different: 2, all: 5, characters: 10 });
  assert.notEqual(small.import('one', 1, false), null);
  assert.equal(small.import('one', 1, false), small.import('one', 1, false));
  assert.equal(small.import('too_long_for_it', 1, false), null, 'names');
  const hostile = temporaryDirectory();
  const name = (n: number): string => `${n}`.padStart(1000, 'x');
  writeFileSync(join(hostile, 'x.ko'), moduleWith(Array.from({ length: 8000 }, (_, n) => name(n))));
  const read = readModule(openRoot(hostile), '/x.ko', PLACE);
  assert.ok(read.known && !read.value.info.known);
  assert.equal(read.value.info.code, 'too-large');
});
