import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TOUCHED } from '../../../src/demo/patch-set.ts';
import { PATCH_COMPONENTS, type PatchComponent } from '../../../src/model/patch-component.ts';
import { DEFAULT_PREFERENCES } from '../../../src/model/preferences.ts';
import { readSnapshot } from '../../../src/system/read-snapshot.ts';
import { openRoot } from '../../../src/system/root.ts';
import { NOW } from '../../support/machines.ts';
import { layOut, temporaryDirectory } from '../../support/temporary.ts';

/** Lines that a patch adds at the beginning of a file. */
interface Change {
  readonly path: string;
  readonly adds: readonly string[];
}

const SET: readonly Change[] = (['base', 'mmap', 'standalone'] as const).flatMap((part) =>
  TOUCHED.filter(({ component }) => component === part),
);

/** The files of a tree, each of one line, and the result of the changes. */
function treeWith(changes: readonly Change[]): Map<string, string> {
  const files = new Map(TOUCHED.map(({ path }) => [path, `/* ${path} */\n`]));
  for (const { path, adds } of changes)
    files.set(path, `${adds.join('\n')}\n${files.get(path) ?? `/* ${path} */\n`}`);
  return files;
}

function patchOf(changes: readonly Change[]): string {
  const diffs = changes.map(({ path, adds }, index) => {
    const before = treeWith(changes.slice(0, index)).get(path) ?? `/* ${path} */\n`;
    const added = adds.map((line) => `+${line}\n`).join('');
    return `--- a/${path}\n+++ b/${path}\n@@ -1,1 +1,${adds.length + 1} @@\n${added} ${before.split('\n')[0]}\n`;
  });
  return diffs.join('');
}

/** The state of a 6.1 tree with these changes, if the patches are in a clone of aufs-standalone. */
async function states(
  changes: readonly Change[],
  patches: Readonly<Record<string, string>>,
): Promise<Record<PatchComponent, string>> {
  const dir = temporaryDirectory();
  const tree = {
    ...Object.fromEntries(treeWith(changes)),
    Kbuild: '',
    Kconfig: '',
    Makefile: 'VERSION = 6\nPATCHLEVEL = 1\nSUBLEVEL = 192\nEXTRAVERSION = -gentoo\n',
  };
  for (const [name, text] of Object.entries(tree)) layOut(dir, { [`usr/src/linux/${name}`]: text });
  for (const [name, text] of Object.entries(patches)) layOut(dir, { [`srv/aufs-standalone/${name}`]: text });
  const preferences = { ...DEFAULT_PREFERENCES, patchDirectories: ['/srv/aufs-standalone'] };
  const snapshot = await readSnapshot(openRoot(dir), { preferences, takenAt: NOW, hashImages: false });
  const [found] = snapshot.sources.trees;
  assert.ok(found !== undefined);
  const states = PATCH_COMPONENTS.map((component): [PatchComponent, string] => {
    const state = found.patch.components[component];
    return [component, state.state === 'unknown' ? 'unknown' : `${state.state} by ${state.how}`];
  });
  return Object.fromEntries(states) as Record<PatchComponent, string>;
}

const ABSENT = 'absent by markers';

test('another patch in the tree proves nothing about the four, whichever of their files it changes', async () => {
  for (const [name, title, paths] of [
    // These are beside the set in aufs-standalone.
    ['tmpfs-idr.patch', '', ['include/linux/shmem_fs.h', 'mm/shmem.c']],
    ['vfs-ino.patch', '', ['fs/inode.c']],
    ['proc_mounts.patch', '', ['fs/proc_namespace.c']],
    ['lockdep-debug.patch', 'aufs6.1 lockdep patch', ['include/linux/lockdep.h', 'kernel/locking/lockdep.c']],
    ['aufs6-loopback.patch', 'aufs6.1 loopback patch', ['drivers/block/loop.c', 'fs/aufs/f_op.c']],
    // These are somebody's own.
    ['aufs-banner.patch', '', ['init/main.c']],
    ['aufs-other-fs.patch', '', ['fs/Kconfig', 'fs/Makefile']],
    ['fix-mmap.patch', '', ['mm/mmap.c']],
  ] as const) {
    const changes = paths.map((path) => ({ path, adds: ['/* another patch */'] }));
    const text = `SPDX-License-Identifier: GPL-2.0\n${title}\n\n${patchOf(changes)}`;
    const found = await states(changes, { [name]: text });
    assert.deepEqual(found, { kbuild: ABSENT, base: ABSENT, mmap: ABSENT, standalone: ABSENT }, name);
  }
});

test('a patch with complete components proves them without titles', async () => {
  const patches = { 'combined-1.patch': patchOf(SET) };
  const whole = 'present by proof';
  const all = { kbuild: ABSENT, base: whole, mmap: whole, standalone: whole };
  assert.deepEqual(await states(SET, patches), all);
  const lacking = SET.filter(({ path }) => path !== 'fs/proc/task_mmu.c');
  const lacks = { 'combined-1.patch': patchOf(lacking) };
  assert.deepEqual(await states(SET, lacks), { ...all, mmap: 'present by markers' });
});

test('a combined patch that was removed in part proves that much', async () => {
  const titles = 'aufs6.1 base patch\naufs6.1 mmap patch\n\n';
  const patches = { 'combined-1.patch': `${titles}${patchOf(SET)}` };
  const part = SET.filter(({ path }) => path !== 'fs/exec.c');
  const whole = 'present by proof';
  assert.deepEqual(await states(part, patches), {
    kbuild: ABSENT,
    base: whole,
    mmap: whole,
    standalone: 'partial by proof',
  });
  const none = 'absent by proof';
  assert.deepEqual(await states([], patches), { kbuild: ABSENT, base: none, mmap: none, standalone: none });
});
