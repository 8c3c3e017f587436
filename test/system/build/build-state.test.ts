import assert from 'node:assert/strict';
import { test } from 'node:test';
import { known, unknown } from '../../../src/model/fact.ts';
import { readBuild } from '../../../src/system/build/read-build.ts';
import { openRoot } from '../../../src/system/root.ts';
import {
  BUILT,
  input,
  layOutTree,
  OBJECTS,
  prepared,
  read,
  readIn,
  SOURCES,
  TREE,
  unseen,
  without,
} from '../../support/build-tree.ts';
import { temporaryDirectory } from '../../support/temporary.ts';
import { at } from '../../support/timed-files.ts';

test('without objects, nothing was ever built; `make modules_prepare` is no build', () => {
  assert.deepEqual(read(SOURCES).state, known('never'));
  assert.deepEqual(read({ ...SOURCES, ...prepared() }).state, known('never'));
});

test('an image that is newer than all objects is complete, even if the sources changed since', () => {
  assert.deepEqual(read(BUILT).state, known('complete'));
  assert.deepEqual(read({ ...BUILT, 'fs/splice.c': ['', 50] }).state, known('complete'));
  assert.deepEqual(read(without(BUILT, 'vmlinux', 'vmlinux.o')).state, known('complete'));
});

test('objects without image, or newer than the image, are an interrupted build', () => {
  assert.deepEqual(read({ ...SOURCES, ...OBJECTS }).state, known('interrupted'));
  assert.deepEqual(read(without(BUILT, 'arch/x86/boot/bzImage')).state, known('interrupted'));
  for (const newer of ['vmlinux', 'vmlinux.o', 'init/main.o', 'fs/built-in.a', 'fs/splice.o']) {
    assert.deepEqual(read({ ...BUILT, [newer]: ['', 20] }).state, known('interrupted'), newer);
  }
  const old = without({ ...BUILT, 'fs/built-in.o': ['', 20] }, 'fs/built-in.a');
  assert.deepEqual(read(old).state, known('interrupted'), 'before Linux 4.20');
});

test('an object of a module may be newer than the image', () => {
  const modular = {
    ...BUILT,
    'fs/splice.o': ['', 20],
    'fs/.splice.o.cmd': [cmd('-O2 -DMODULE'), 20],
  } as const;
  assert.deepEqual(read(modular).state, known('complete'));
  const linked = { ...modular, 'fs/.splice.o.cmd': [cmd('-O2 -DMODULES_X'), 20] } as const;
  assert.deepEqual(read(linked).state, known('interrupted'));
});

test('a build is in progress if make runs there; otherwise it was interrupted', () => {
  const half = { ...SOURCES, ...OBJECTS };
  const makes = (...directories: string[]) => ({ now: at(10), makes: () => known(directories) });
  assert.deepEqual(read(half, { activity: makes('/other', TREE) }).state, known('in-progress'));
  assert.deepEqual(read(half, { activity: makes('/other') }).state, known('interrupted'));
  assert.deepEqual(read(BUILT, { activity: makes() }).state, known('complete'));
});

test('if processes cannot be seen, a build that wrote files recently is in progress', () => {
  const dir = temporaryDirectory();
  const busy = layOutTree(dir, { ...SOURCES, ...OBJECTS, 'drivers/net/x.o': ['', 0] });
  const activity = (minutes: number) => ({ now: Date.now() + minutes * 60_000, makes: unseen });
  assert.deepEqual(readIn(busy, { activity: activity(1) }).state, known('in-progress'));
  assert.deepEqual(readIn(busy, { activity: activity(60) }).state, known('interrupted'));
  // After a clock was set back, times prove nothing.
  assert.deepEqual(readIn(busy, { activity: activity(-60) }).state, known('interrupted'));
});

test('a file that cannot be accessed makes the state unknown', () => {
  const dir = layOutTree(temporaryDirectory(), BUILT);
  const root = openRoot(dir);
  const denied = unknown('denied', 'permission denied');
  const stat = (path: string) => (path.endsWith('main.o') ? denied : root.stat(path));
  assert.deepEqual(readBuild({ ...root, stat }, input({})).state, denied);
});

function cmd(flags: string): string {
  return `savedcmd_fs/splice.o := gcc ${flags} -c -o fs/splice.o fs/splice.c\n`;
}
