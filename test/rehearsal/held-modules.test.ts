import assert from 'node:assert/strict';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { guestModules, heldModules } from '../../src/rehearsal/module-files.ts';
import { newcArchive } from '../../src/rehearsal/newc.ts';
import { openRoot } from '../../src/system/root.ts';
import { peFile } from '../support/images.ts';
import { layOut, temporaryDirectory } from '../support/temporary.ts';

const DIRECTORY = '/lib/modules/6.1.0-test';
const MEMBER = `/usr${DIRECTORY}/extra/spl.ko.gz`;
const SPL = { disk: `${DIRECTORY}/extra/spl.ko`, member: MEMBER };

suite('modules in an initramfs that replace those on disk', () => {
  const directory = temporaryDirectory();
  let count = 0;

  function rootWith(initramfs: Buffer) {
    const root = join(directory, `root-${count++}`);
    layOut(root, {
      [`${DIRECTORY}/modules.dep`]: 'extra/zfs.ko: extra/spl.ko\nextra/spl.ko:\n',
      [`${DIRECTORY}/extra/zfs.ko`]: 'zfs on disk',
      [`${DIRECTORY}/extra/spl.ko`]: 'spl on disk',
      'boot/initramfs': initramfs,
    });
    return openRoot(root);
  }

  const archive = newcArchive([{ path: MEMBER.slice(1), content: gzipSync('spl in the initramfs') }]);
  const places: readonly (readonly [string, Buffer])[] = [
    ['plain', archive],
    ['compressed, after another archive', Buffer.concat([newcArchive([]), gzipSync(archive)])],
    ['in a unified image', peFile({ '.linux': Buffer.from('kernel'), '.initrd': archive })],
  ];
  for (const [name, initramfs] of places) {
    test(`${name}: they are loaded, unpacked, with the names that they have there`, async () => {
      const root = rootWith(initramfs);
      const held = await heldModules(root, '/boot/initramfs', [SPL]);
      assert.ok(held.known, JSON.stringify(held));
      const { modules, left } = guestModules(root, DIRECTORY, [`${DIRECTORY}/extra/zfs.ko`], held.value);
      assert.deepEqual(left, []);
      const found = modules.map(({ name: module, file, content, needs }) => [
        module,
        file.path,
        content.toString(),
        needs,
      ]);
      assert.deepEqual(found, [
        ['spl', MEMBER, 'spl in the initramfs', []],
        ['zfs', `${DIRECTORY}/extra/zfs.ko`, 'zfs on disk', [MEMBER]],
      ]);
    });
  }

  test('a file that is missing or no initramfs is unknown', async () => {
    for (const initramfs of [newcArchive([]), Buffer.from('garbage'), archive.subarray(0, 150)]) {
      const held = await heldModules(rootWith(initramfs), '/boot/initramfs', [SPL]);
      assert.equal(held.known, false);
    }
  });
});
