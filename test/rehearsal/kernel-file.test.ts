import assert from 'node:assert/strict';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { kernelFile } from '../../src/rehearsal/kernel-file.ts';
import { openRoot } from '../../src/system/root.ts';
import { peFile, smallImage } from '../support/images.ts';
import { layOut, temporaryDirectory } from '../support/temporary.ts';

/** The header of a plain arm64 image. */
function armImage(): Buffer {
  const image = Buffer.alloc(0x200, 7);
  image.write('MZ', 0, 'latin1');
  image.write('ARM\x64', 0x38, 'latin1');
  return image;
}

function zboot(packed: Buffer): Buffer {
  const head = Buffer.alloc(0x40);
  head.write('MZ\0\0zimg', 0, 'latin1');
  head.writeUInt32LE(head.length, 8);
  head.writeUInt32LE(packed.length, 12);
  head.write('gzip', 24, 'latin1');
  return Buffer.concat([head, packed]);
}

suite('the kernel file that QEMU gets from an image', () => {
  const directory = temporaryDirectory();
  let count = 0;

  function kernelIn(image: Buffer) {
    const root = join(directory, `root-${count++}`);
    layOut(root, { 'boot/image': image });
    const found = kernelFile(openRoot(root), '/boot/image');
    assert.ok(found.known, JSON.stringify(found));
    return found.value;
  }

  test('a bzImage is passed whole, and of a unified image its section', () => {
    const plain = smallImage();
    for (const image of [plain, peFile({ '.osrel': Buffer.from('x'), '.linux': plain })]) {
      const { kernel, arch } = kernelIn(image);
      assert.ok(kernel.equals(plain));
      assert.equal(arch, 'x64');
    }
  });

  test('an arm64 image is unpacked from a zboot image, also inside a unified one', () => {
    const plain = armImage();
    const packed = zboot(gzipSync(plain));
    for (const image of [plain, packed, peFile({ '.linux': packed })]) {
      const { kernel, arch } = kernelIn(image);
      assert.ok(kernel.equals(plain));
      assert.equal(arch, 'arm64');
    }
  });

  test('an unknown format is passed on unchanged', () => {
    const image = Buffer.from('something else, which QEMU may know');
    const { kernel, arch } = kernelIn(image);
    assert.ok(kernel.equals(image));
    assert.equal(arch, null);
  });
});
