import assert from 'node:assert/strict';
import { statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { makeDirectory } from '../../src/files/make-directory.ts';
import { temporaryDirectory } from '../support/temporary.ts';

test('missing parent directories are created, and existing ones stay', () => {
  const top = temporaryDirectory();
  makeDirectory(join(top, 'a/b'), 0o700);
  makeDirectory(join(top, 'a/b/c'), 0o755);
  makeDirectory(join(top, 'a/b'), 0o755);
  assert.equal(statSync(join(top, 'a/b')).mode & 0o777, 0o700);
  assert.ok(statSync(join(top, 'a/b/c')).isDirectory());
});

test('a failure is reported, without an endless loop', () => {
  assert.throws(() => makeDirectory('/proc/aufswatch/state', 0o755), { code: 'ENOENT' });
  const file = join(temporaryDirectory(), 'file');
  writeFileSync(file, '');
  assert.throws(() => makeDirectory(join(file, 'below'), 0o755), { code: 'ENOTDIR' });
  assert.throws(() => makeDirectory(file, 0o755), { code: 'EEXIST' });
});
