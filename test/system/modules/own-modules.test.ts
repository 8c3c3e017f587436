import assert from 'node:assert/strict';
import { test } from 'node:test';
import { writeElf } from '../../../src/demo/elf.ts';
import { buildIdNote } from '../../../src/demo/notes.ts';
import { type Fact, known } from '../../../src/model/fact.ts';
import type { OwnModules } from '../../../src/model/module.ts';
import { parseKernelConfig } from '../../../src/system/config.ts';
import { type OwnModulesInput, readOwnModules } from '../../../src/system/modules/own-modules.ts';
import { openRoot } from '../../../src/system/root.ts';
import { codeOf } from '../../support/build-tree.ts';
import { temporaryDirectory } from '../../support/temporary.ts';
import { at, layOutTimed, type TimedFiles } from '../../support/timed-files.ts';

const BUILD = 'usr/src/linux';
const INSTALLED = 'lib/modules/6.6.30';
const LINKED = 10;

/** A build with two modules, compiled at 9 and 12, and the kernel linked between. */
const COMPILED: TimedFiles = {
  [`${BUILD}/modules.order`]: ['fs/fuse/fuse.ko\ndrivers/md/dm-mod.o\n', 13],
  [`${BUILD}/fs/fuse/fuse.ko`]: ['', 9],
  [`${BUILD}/drivers/md/dm-mod.ko`]: ['', 12],
};
const INSTALLED_AFTER: TimedFiles = {
  [`${INSTALLED}/modules.order`]: ['kernel/fs/fuse/fuse.ko\nkernel/drivers/md/dm-mod.ko\n', 20],
  [`${INSTALLED}/kernel/fs/fuse/fuse.ko.zst`]: ['', 20],
  [`${INSTALLED}/kernel/drivers/md/dm-mod.ko.zst`]: ['', 20],
};

function ask(files: TimedFiles, changes: Partial<OwnModulesInput> = {}): Fact<OwnModules> {
  const dir = temporaryDirectory();
  layOutTimed(dir, files);
  return readOwnModules(openRoot(dir), {
    directory: `/${BUILD}`,
    isDistribution: false,
    release: known('6.6.30'),
    config: parseKernelConfig('.config', 0, 'CONFIG_MODULES=y\nCONFIG_FUSE_FS=m\n'),
    linkedAt: at(LINKED),
    ...changes,
  });
}

test('modules that were installed after they were compiled are of this build', () => {
  assert.deepEqual(ask({ ...COMPILED, ...INSTALLED_AFTER }), known('of-this-build'));
});

test('none is installed if the directory is missing, or has modules of packages only', () => {
  assert.deepEqual(ask(COMPILED), known('none'));
  assert.deepEqual(ask({ ...COMPILED, [`${INSTALLED}/extra/zfs.ko`]: ['', 20] }), known('none'));
});

test('a kernel without modules needs none', () => {
  assert.deepEqual(ask({ [`${BUILD}/modules.order`]: ['\n', 13] }), known('no-need'));
  const config = parseKernelConfig('.config', 0, 'CONFIG_SMP=y\n');
  assert.deepEqual(ask(COMPILED, { config }), known('no-need'));
});

test('modules that were compiled again and not installed since are older', () => {
  const again = { ...COMPILED, ...INSTALLED_AFTER, [`${BUILD}/drivers/md/dm-mod.ko`]: ['', 30] } as const;
  assert.deepEqual(ask(again), known('older'));
  const more = {
    ...COMPILED,
    ...INSTALLED_AFTER,
    [`${BUILD}/modules.order`]: ['fs/fuse/fuse.ko\nfs/new/new.ko\n', 30],
    [`${BUILD}/fs/new/new.ko`]: ['', 30],
  } as const;
  assert.deepEqual(ask(more), known('older'), 'a module that was switched on is missing');
});

test('modules linked again with the same build ID are of this build', () => {
  const ko = (id: string): Buffer =>
    writeElf({
      kind: 'relocatable',
      sections: [{ name: '.note.gnu.build-id', type: 'note', flags: 'A', bytes: buildIdNote(id), align: 4 }],
      symbols: [],
    });
  const [id, other] = ['aa'.repeat(20), 'bb'.repeat(20)];
  const files = (installed: string): TimedFiles => ({
    ...COMPILED,
    ...INSTALLED_AFTER,
    [`${BUILD}/fs/fuse/fuse.ko`]: [ko(id), 30],
    [`${INSTALLED}/kernel/fs/fuse/fuse.ko.zst`]: ['', 1],
    [`${INSTALLED}/kernel/fs/fuse/fuse.ko`]: [ko(installed), 20],
  });
  assert.deepEqual(ask(files(id)), known('of-this-build'));
  assert.deepEqual(ask(files(other)), known('older'));
});

test('a module that somebody removed is no sign of another compilation', () => {
  const { [`${INSTALLED}/kernel/fs/fuse/fuse.ko.zst`]: _, ...less } = INSTALLED_AFTER;
  assert.deepEqual(ask({ ...COMPILED, ...less }), known('of-this-build'));
});

test('if the build has none of its modules left, the time of the installation decides', () => {
  const list = { [`${BUILD}/modules.order`]: ['fs/fuse/fuse.ko\n', 11] } as const;
  assert.deepEqual(ask({ ...list, ...INSTALLED_AFTER }), known('of-this-build'));
  assert.deepEqual(ask({ ...list, ...INSTALLED_AFTER }, { linkedAt: at(25) }), known('older'));
  const { [`${INSTALLED}/modules.order`]: _, ...bare } = INSTALLED_AFTER;
  assert.equal(codeOf(ask({ ...list, ...bare })), 'no-data');
});

test('a package installs kernel and modules together; a build without kernel gives no answer', () => {
  const files = { ...COMPILED, ...INSTALLED_AFTER, [`${BUILD}/drivers/md/dm-mod.ko`]: ['', 30] } as const;
  assert.deepEqual(ask(files, { isDistribution: true }), known('of-this-build'));
  assert.equal(codeOf(ask(files, { linkedAt: null })), 'no-data');
});
