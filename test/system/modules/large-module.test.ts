import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { inSync } from '../../../src/demo/in-sync.ts';
import { writeMachine } from '../../../src/demo/machine.ts';
import { readModule } from '../../../src/system/modules/read-module.ts';
import { openRoot } from '../../../src/system/root.ts';
import { PROGRAM } from '../../support/program.ts';
import { temporaryDirectory } from '../../support/temporary.ts';
import { needs } from '../../support/tools.ts';

/** MB */
const LIMIT = 200;
const PACKED = '/lib/modules/6.1.192-gentoo/updates/aufs.ko.xz';

test('a small module that unpacks to 250 MB is read with little memory', {
  skip: needs('xz', 'prlimit', '/usr/bin/time'),
}, () => {
  const root = join(temporaryDirectory(), 'root');
  mkdirSync(root);
  writeMachine(root, inSync(Date.now()));
  const path = join(root, PACKED);
  mkdirSync(dirname(path), { recursive: true });
  // The headers of an ELF file say where it ends; what follows is ignored.
  const module = readFileSync(join(root, modulePath(root)));
  writeFileSync(path.replace('.xz', ''), Buffer.concat([module, Buffer.alloc(250_000_000)]));
  execFileSync('xz', ['-0', path.replace('.xz', '')]);
  assert.ok(statSync(path).size < 200_000);
  const read = readModule(openRoot(root), PACKED, { owner: null, inTree: false, indexed: false });
  assert.ok(read.known);
  assert.ok(read.value.info.known, 'its fields are known');
  const words = ['-f', 'kB %M', process.execPath, PROGRAM, 'status', '--root', root];
  const { stderr, status } = spawnSync('/usr/bin/time', words, { encoding: 'utf8' });
  assert.equal(status, 0, stderr);
  const used = Number(/kB (\d+)/.exec(stderr)?.[1]) / 1024;
  assert.ok(used < LIMIT, `${used} MB`);
});

function modulePath(root: string): string {
  return (
    execFileSync('find', [join(root, 'lib/modules'), '-name', 'aufs.ko'], { encoding: 'utf8' })
      .split('\n')[0]
      ?.slice(root.length) ?? ''
  );
}
