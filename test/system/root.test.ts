import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { linkSync, mkdirSync, renameSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { type Fact, known } from '../../src/model/fact.ts';
import { NAMES_MAX } from '../../src/system/entries.ts';
import { openRoot } from '../../src/system/root.ts';
import { layOut, temporaryDirectory } from '../support/temporary.ts';

function code(fact: Fact<unknown>): string {
  return fact.known ? 'known' : fact.code;
}

test('an absolute symlink stays inside the root', () => {
  const dir = temporaryDirectory();
  layOut(dir, { 'usr/src/linux-6.1/Makefile': 'inside' });
  symlinkSync('/usr/src/linux-6.1', join(dir, 'usr/src/linux'));
  const root = openRoot(dir);
  assert.deepEqual(root.readText('/usr/src/linux/Makefile'), { known: true, value: 'inside' });
  assert.deepEqual(root.resolve('/usr/src/linux'), { known: true, value: '/usr/src/linux-6.1' });
});

test('".." in a symlink stops at the root', () => {
  const dir = temporaryDirectory();
  layOut(dir, { 'inner/etc/x': '', secret: 'outside', 'inner/secret': 'inside' });
  symlinkSync('../../../../../../secret', join(dir, 'inner/etc/link'));
  assert.deepEqual(openRoot(join(dir, 'inner')).readText('/etc/link'), { known: true, value: 'inside' });
});

test('a symlink through a directory symlink is resolved from the real place of the directory', () => {
  const dir = temporaryDirectory();
  layOut(dir, { 'a/b/file': 'right', file: 'wrong' });
  symlinkSync('a/b', join(dir, 'short'));
  symlinkSync('../b/file', join(dir, 'a/b/link'));
  assert.deepEqual(openRoot(dir).readText('/short/link'), { known: true, value: 'right' });
});

test('a directory that is replaced by a symlink after it was resolved is detected', () => {
  const dir = temporaryDirectory();
  layOut(dir, { 'outside/file': 'secret', 'inner/sub/file': 'mine' });
  const root = openRoot(join(dir, 'inner'));
  assert.equal(code(root.readText('/sub/file')), 'known');
  renameSync(join(dir, 'inner/sub'), join(dir, 'inner/old'));
  symlinkSync(join(dir, 'outside'), join(dir, 'inner/sub'));
  assert.equal(code(root.readText('/sub/file')), 'bad-link');
});

test('anything but a readable regular file is an unknown with its reason, at once', () => {
  const dir = temporaryDirectory();
  layOut(dir, { big: '', file: 'x' });
  truncateSync(join(dir, 'big'), 10 * 1024 ** 3);
  execFileSync('mkfifo', [join(dir, 'fifo')]);
  symlinkSync('loop-b', join(dir, 'loop-a'));
  symlinkSync('loop-a', join(dir, 'loop-b'));
  mkdirSync(join(dir, 'directory'));
  const root = openRoot(dir);
  assert.equal(code(root.readText('/big')), 'too-large');
  assert.equal(code(root.readText('/fifo')), 'wrong-type');
  assert.equal(code(root.readText('/loop-a')), 'bad-link');
  assert.equal(code(root.readText('/directory')), 'wrong-type');
  assert.equal(code(root.readText('/gone')), 'missing');
  assert.equal(code(root.readText('/file/below')), 'missing');
  assert.equal(code(root.list('/file')), 'missing');
});

test('files of procfs, which have no size, are read to their end', () => {
  const status = openRoot('/').readText('/proc/self/status');
  assert.ok(status.known && status.value.includes('VmRSS'));
});

test('a file that disappears between two readings is missing, without an exception', () => {
  const dir = temporaryDirectory();
  writeFileSync(join(dir, 'file'), 'x');
  const root = openRoot(dir);
  assert.equal(code(root.stat('/file')), 'known');
  rmSync(join(dir, 'file'));
  assert.equal(code(root.stat('/file')), 'missing');
  assert.equal(code(root.readText('/file')), 'missing');
});

test('a path with a NUL in it, which a hostile configuration may name, is an unknown', () => {
  const root = openRoot(temporaryDirectory());
  assert.equal(code(root.readText('/etc/a\0b')), 'malformed');
  assert.equal(code(root.resolve('/a\0b')), 'malformed');
});

test('reading a large file in parts stops when the time is up, and the parts are not returned', () => {
  const dir = temporaryDirectory();
  layOut(dir, { file: 'x'.repeat(1000) });
  let parts = 0;
  const root = openRoot(dir, () => parts >= 3);
  const read = root.withFile('/file', (file) => {
    for (let offset = 0; offset < 1000; offset += 100, parts++) file.read(offset, 100);
    return known(parts);
  });
  assert.equal(code(read), 'timeout');
  assert.equal(parts, 3);
  assert.equal(code(root.readText('/file')), 'timeout');
});

test('a directory with more names than any real one is unknown, and not held in memory', () => {
  const dir = temporaryDirectory();
  mkdirSync(join(dir, 'tree'));
  // A file can have 65,000 names at most.
  for (let number = 0; number <= NAMES_MAX; number++) {
    const first = join(dir, `first-${Math.floor(number / 60_000)}`);
    if (number % 60_000 === 0) writeFileSync(first, '');
    linkSync(first, join(dir, 'tree', `${number}`));
  }
  assert.equal(code(openRoot(dir).list('/tree')), 'too-large');
  rmSync(join(dir, 'tree/0'));
  assert.equal(code(openRoot(dir).list('/tree')), 'known');
});
