import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { inSync } from '../../src/demo/in-sync.ts';
import { writeMachine } from '../../src/demo/machine.ts';
import { known } from '../../src/model/fact.ts';
import { NO_MEMORY } from '../../src/model/memory.ts';
import type { Snapshot } from '../../src/model/snapshot.ts';
import { matrixOf } from '../../src/verdict/matrix.ts';
import { assess } from '../../src/verdict/situation.ts';
import { NOW, read } from '../support/machines.ts';
import { temporaryDirectory } from '../support/temporary.ts';

/** A machine in sync, with an older kernel in /boot that was compiled elsewhere. */
async function withOldKernel(abiOf: string | null): Promise<Snapshot> {
  const root = join(temporaryDirectory(), 'root');
  writeMachine(root, inSync(NOW));
  const snapshot = await read(root);
  const images = snapshot.boot.images.known ? snapshot.boot.images.value : [];
  const [image] = images;
  const [modules] = snapshot.modules;
  assert.ok(image !== undefined && modules !== undefined);
  const release = '5.10.0-old';
  const identity = { ...image.identity, release: known(release), utsVersion: known('#7 SMP old') };
  const old = { ...image, path: `/boot/vmlinuz-${release}`, mtime: 0, identity };
  return {
    ...snapshot,
    boot: { ...snapshot.boot, images: known([...images, old]) },
    modules: [
      ...snapshot.modules,
      { ...modules, release, directory: `/lib/modules/${release}`, modules: [], abiOf },
    ],
  };
}

test('a kernel that is only in /boot is judged if its image could be unpacked', async () => {
  const names = (snapshot: Snapshot): string[] =>
    matrixOf(assess(snapshot, NO_MEMORY)).kernels.map(({ name }) => name);
  const before = names(await withOldKernel(null));
  assert.ok(!before.includes('5.10.0-old #7'));
  assert.deepEqual(names(await withOldKernel('/boot/vmlinuz-5.10.0-old')), [...before, '5.10.0-old #7']);
});

test('of two kernels with one release, the modules and the build belong to the newer', async () => {
  const root = join(temporaryDirectory(), 'root');
  writeMachine(root, inSync(NOW));
  const snapshot = await read(root);
  const [image] = snapshot.boot.images.known ? snapshot.boot.images.value : [];
  assert.ok(image !== undefined);
  const other = { ...image.identity, utsVersion: known('#1 SMP before') };
  const before = { ...image, path: `${image.path}.before`, mtime: image.mtime - 1000, identity: other };
  const release = image.identity.release;
  const modules = snapshot.modules.map((each) => ({
    ...each,
    abiOf: null,
    abi: { ...each.abi, exports: known({ kind: 'system-map' as const, symbols: {} }) },
  }));
  const bootsFirst = (mtime: number): boolean => {
    const images = known([image, { ...before, mtime }]);
    const preferences = { ...snapshot.preferences, nextBootImage: before.path };
    const withTwo = { ...snapshot, modules, preferences, boot: { ...snapshot.boot, images } };
    const { next } = assess(withTwo, NO_MEMORY);
    assert.ok(next?.image?.path === before.path && release.known);
    return next.abi.exports.known;
  };
  assert.equal(bootsFirst(image.mtime - 1000), false);
  assert.equal(bootsFirst(image.mtime + 1000), true);
});
