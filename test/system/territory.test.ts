import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmodSync, linkSync, mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { Worker } from 'node:worker_threads';
import type { Fact } from '../../src/model/fact.ts';
import { openRoot } from '../../src/system/root.ts';
import { give } from '../support/ordinary-user.ts';
import { layOut, temporaryDirectory } from '../support/temporary.ts';

/** Directories that everybody may change. They count as foreign even for the user who runs the tests. */
function foreign(...directories: string[]): void {
  for (const directory of directories) chmodSync(directory, 0o777);
}

function code(fact: Fact<unknown>): string {
  return fact.known ? 'known' : fact.code;
}

/** A home with a kernel tree in it, beside a secret file. */
function home(): { readonly at: string; readonly tree: string } {
  const at = temporaryDirectory();
  layOut(at, { 'root/private.key': 'SECRET', 'home/linux/Makefile': 'VERSION = 6\n', 'home/other/x': 'x' });
  foreign(join(at, 'home'));
  return { at, tree: join(at, 'home/linux') };
}

test('a link in a directory of another user is not followed out of it, to a file or to a directory', () => {
  const { at, tree } = home();
  symlinkSync(join(at, 'root/private.key'), join(tree, 'localversion-x'));
  symlinkSync('../../root', join(tree, 'include'));
  const root = openRoot('/');
  for (const read of [root.readText, root.stat, root.resolve, root.hostPath, root.mtimeNs] as const) {
    assert.equal(code(read(join(tree, 'localversion-x'))), 'denied');
    assert.equal(code(read(join(tree, 'include/private.key'))), 'denied');
  }
  assert.equal(code(root.list(join(tree, 'include'))), 'denied');
  assert.deepEqual(root.list(tree), { known: true, value: ['Makefile', 'include', 'localversion-x'] });
});

test('a link of root leads into it, and links inside of it are followed', () => {
  const { at, tree } = home();
  mkdirSync(join(at, 'src'));
  symlinkSync('../home/linux', join(at, 'src/linux'));
  symlinkSync('../other/x', join(tree, 'inside'));
  const root = openRoot('/');
  assert.equal(code(root.readText(join(at, 'src/linux/Makefile'))), 'known');
  assert.deepEqual(root.readText(join(at, 'src/linux/inside')), { known: true, value: 'x' });
});

test('a link out of it is not followed either if a link of root leads there', () => {
  const { at, tree } = home();
  symlinkSync(join(at, 'root/private.key'), join(tree, 'out'));
  symlinkSync(join(tree, 'out'), join(at, 'root/key'));
  assert.equal(code(openRoot('/').readText(join(at, 'root/key'))), 'denied');
});

test('in a sticky directory our own link is followed, and a directory of our own is ours', () => {
  const at = temporaryDirectory();
  layOut(at, { 'tmp/own/x': 'x', y: 'y' });
  chmodSync(join(at, 'tmp'), 0o1777);
  symlinkSync('../y', join(at, 'tmp/link'));
  symlinkSync('../../y', join(at, 'tmp/own/link'));
  const root = openRoot('/');
  assert.equal(code(root.readText(join(at, 'tmp/link'))), 'known');
  assert.equal(code(root.readText(join(at, 'tmp/own/link'))), 'known');
});

test('a link of another user in a sticky directory is not followed', {
  skip: process.getuid?.() !== 0 && 'only root can give files away',
}, () => {
  const at = temporaryDirectory();
  layOut(at, { 'tmp/x': 'x', y: 'y' });
  chmodSync(join(at, 'tmp'), 0o1777);
  symlinkSync('../y', join(at, 'tmp/link'));
  execFileSync('chown', ['-h', '65534:65534', join(at, 'tmp/link')]);
  assert.equal(code(openRoot('/').readText(join(at, 'tmp/link'))), 'denied');
});

test("a hard link to a private file of root's is not read in a directory of another user", {
  skip: process.getuid?.() !== 0 && 'only root can give files away',
}, () => {
  const at = temporaryDirectory();
  layOut(at, { secret: 'SECRET', 'home/x': 'x', 'home/public': 'made with sudo' });
  chmodSync(join(at, 'secret'), 0o600);
  give(join(at, 'home'));
  linkSync(join(at, 'secret'), join(at, 'home/localversion'));
  const root = openRoot('/');
  assert.equal(code(root.readText(join(at, 'home/localversion'))), 'denied');
  assert.equal(code(root.readText(join(at, 'home/public'))), 'known');
});

test('in another root that belongs to one user, links are followed anywhere inside', () => {
  const at = temporaryDirectory();
  layOut(at, { 'usr/src/linux-6.1/x': 'x', 'lib/y': '' });
  foreign(at, join(at, 'usr'), join(at, 'usr/src'), join(at, 'lib'));
  symlinkSync('/usr/src/linux-6.1', join(at, 'lib/build'));
  assert.equal(code(openRoot(at).readText('/lib/build/x')), 'known');
});

test('a directory that is replaced repeatedly by a link out of it never discloses the target', async () => {
  const { at, tree } = home();
  layOut(tree, { 'sub/private.key': 'harmless' });
  symlinkSync(join(at, 'root'), join(tree, 'out'));
  foreign(join(tree, 'sub'));
  const stop = new SharedArrayBuffer(4);
  const swap = `
    const { renameSync } = require('node:fs');
    const { workerData: { tree, stop } } = require('node:worker_threads');
    const flag = new Int32Array(stop);
    while (Atomics.load(flag, 0) === 0) {
      renameSync(tree + '/sub', tree + '/away');
      renameSync(tree + '/out', tree + '/sub');
      renameSync(tree + '/sub', tree + '/out');
      renameSync(tree + '/away', tree + '/sub');
    }`;
  const worker = new Worker(swap, { eval: true, workerData: { tree, stop } });
  await new Promise((resolve) => worker.once('online', resolve));
  const ended = new Promise((resolve) => worker.once('exit', resolve));
  const seen = new Set<string>();
  for (let round = 0; round < 3000; round++) {
    const root = openRoot('/');
    root.resolve(join(tree, 'sub'));
    const text = root.readText(join(tree, 'sub/private.key'));
    seen.add(text.known ? text.value : text.code);
  }
  Atomics.store(new Int32Array(stop), 0, 1);
  await ended;
  assert.ok(!seen.has('SECRET'), [...seen].join(' '));
  assert.ok(seen.has('harmless'), [...seen].join(' '));
});

test('a directory is ours if nobody else can create files in it', () => {
  const { at, tree } = home();
  symlinkSync(tree, join(at, 'link'));
  const root = openRoot('/');
  assert.equal(root.isOurs(at), true);
  for (const path of [tree, join(at, 'link'), '/tmp', join(at, 'gone')])
    assert.equal(root.isOurs(path), false, path);
});
