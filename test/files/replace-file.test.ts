import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { lstatSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { replaceFile } from '../../src/files/replace-file.ts';
import { writeNamed } from '../../src/files/write-named.ts';
import { temporaryDirectory } from '../support/temporary.ts';

test('anything but a regular file is not replaced', () => {
  const directory = temporaryDirectory();
  execFileSync('mkfifo', [join(directory, 'fifo')]);
  mkdirSync(join(directory, 'directory'));
  for (const [name, code] of [
    ['fifo', 'EINVAL'],
    ['directory', 'EISDIR'],
  ] as const) {
    assert.throws(() => replaceFile(join(directory, name), 'x', 0o644), { code });
  }
  assert.ok(lstatSync(join(directory, 'fifo')).isFIFO());
  assert.deepEqual(readdirSync(directory).sort(), ['directory', 'fifo']);
  assert.throws(() => replaceFile('/dev/null', 'x', 0o644), { code: 'EINVAL' });
  assert.ok(lstatSync('/dev/null').isCharacterDevice());
});

test('a named device is written to, and a link is followed to the file', () => {
  const directory = temporaryDirectory();
  writeNamed('/dev/null', 'x', 0o644, true);
  assert.ok(lstatSync('/dev/null').isCharacterDevice());
  writeFileSync(join(directory, 'file'), 'old');
  symlinkSync('file', join(directory, 'link'));
  writeNamed(join(directory, 'link'), 'new', 0o644, true);
  assert.equal(readFileSync(join(directory, 'file'), 'utf8'), 'new');
  assert.ok(lstatSync(join(directory, 'link')).isSymbolicLink());
  writeNamed(join(directory, 'another'), 'made', 0o644, true);
  assert.equal(readFileSync(join(directory, 'another'), 'utf8'), 'made');
  assert.throws(() => writeNamed(directory, 'x', 0o644, true), { code: 'EISDIR' });
});

test('a named pipe is written to, such as that of a process substitution', () => {
  const module = join(import.meta.dirname, '../../src/files/write-named.js');
  const program = `import(${JSON.stringify(module)}).then(({ writeNamed }) =>
    writeNamed('/dev/stdout', 'x'.repeat(200_000), 0o644, true))`;
  const pipe = '"$0" -e "$1" | wc -c';
  assert.equal(
    execFileSync('sh', ['-c', pipe, process.execPath, program], { encoding: 'utf8' }).trim(),
    '200000',
  );
});

test("a link that another user made under the name of root's file is replaced, and not followed", () => {
  const directory = temporaryDirectory();
  writeFileSync(join(directory, 'shadow'), 'precious');
  symlinkSync('shadow', join(directory, 'report.html'));
  writeNamed(join(directory, 'report.html'), 'new', 0o644, false);
  assert.equal(readFileSync(join(directory, 'shadow'), 'utf8'), 'precious');
  assert.ok(lstatSync(join(directory, 'report.html')).isFile());
  execFileSync('mkfifo', [join(directory, 'fifo')]);
  assert.throws(() => writeNamed(join(directory, 'fifo'), 'x', 0o644, false), { code: 'EINVAL' });
});
