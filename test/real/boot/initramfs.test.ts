import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { readInitramfs } from '../../../src/system/boot/initramfs/read-initramfs.ts';
import { sourceOfFile } from '../../../src/system/bytes.ts';
import { openSymbolRoom } from '../../../src/system/modules/symbol-room.ts';
import { openRoot } from '../../../src/system/root.ts';
import { compileModules, needsRealModules } from '../../support/real-modules.ts';
import { temporaryDirectory } from '../../support/temporary.ts';

const RELEASE = '6.1.0-aufswatch';
const skip = needsRealModules('dracut', 'lsinitrd', 'zstd');

test('what dracut has made lists what lsinitrd lists', { skip }, async () => {
  const modules = compileModules(temporaryDirectory());
  const kernel = temporaryDirectory();
  const directory = join(kernel, 'lib/modules', RELEASE);
  mkdirSync(join(directory, 'extra'), { recursive: true });
  for (const file of ['give-r.ko', 'taker.ko'])
    copyFileSync(join(modules, file), join(directory, 'extra', file));
  for (const file of ['modules.order', 'modules.builtin']) writeFileSync(join(directory, file), '');
  execFileSync('depmod', ['-b', kernel, RELEASE]);
  const image = join(kernel, 'initramfs.img');
  const words = [
    '--kmoddir',
    directory,
    '--no-hostonly',
    '--modules',
    'base',
    '--add-drivers',
    'giver taker',
  ];
  const made = spawnSync('dracut', [...words, '--force', '--quiet', '--zstd', image, RELEASE], {
    encoding: 'utf8',
  });
  assert.equal(made.status, 0, made.stderr);
  const listed = execFileSync('lsinitrd', [image], { encoding: 'utf8', maxBuffer: 1e8 });
  const expected = [...listed.matchAll(/ (\S+\.ko(?:\.\w+)?)$/gm)].map((match) => `/${match[1]}`);
  const found = await openRoot(kernel).whileOpen('/initramfs.img', (file) =>
    readInitramfs(sourceOfFile(file), '/initramfs.img', {
      names: new Set(),
      expired: () => false,
      symbols: openSymbolRoom(),
    }),
  );
  if (!found.known) assert.fail(found.detail);
  assert.ok(expected.length >= 2, listed);
  assert.deepEqual(found.value.modules.map(({ path }) => path).sort(), expected.sort());
});
