import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { newcArchive } from '../../src/rehearsal/newc.ts';
import { temporaryDirectory } from '../support/temporary.ts';
import { needs } from '../support/tools.ts';

test('cpio unpacks an archive to its contents', { skip: needs('cpio') }, () => {
  const directory = join(temporaryDirectory(), 'unpacked');
  mkdirSync(directory);
  const contents = [0, 1, 2, 3, 4, 5, 4096, 100_001].map((length) => Buffer.alloc(length, length % 251));
  const archive = newcArchive([
    { path: 'init', content: Buffer.from('program'), executable: true },
    { path: 'm', content: null },
    ...contents.map((content, index) => ({ path: `m/${'x'.repeat(index)}${index}`, content })),
  ]);
  execFileSync('cpio', ['-i', '--quiet'], {
    cwd: directory,
    input: archive,
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  assert.equal(readFileSync(join(directory, 'init'), 'utf8'), 'program');
  assert.equal(statSync(join(directory, 'init')).mode & 0o777, 0o755);
  for (const [index, content] of contents.entries())
    assert.ok(
      readFileSync(join(directory, `m/${'x'.repeat(index)}${index}`)).equals(content),
      `file ${index}`,
    );
});
