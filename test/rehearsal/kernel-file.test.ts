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

suite('what QEMU is given of an image', () => {
  const directory = temporaryDirectory();
  let count = 0;

  function kernelIn(image: Buffer) {
    const root = join(directory, `root-${count++}`);
    layOut(root, { 'boot/image': image });
    const found = kernelFile(openRoot(root), '/boot/image');
    assert.ok(found.known, JSON.stringify(found));
    return found.value;
  }

  test('a bzImage whole, and of a unified image its section', () => {
    const plain = smallImage();
    for (const image of [plain, peFile({ '.osrel': Buffer.from('x'), '.linux': plain })]) {
      const { kernel, arch } = kernelIn(image);
      assert.ok(kernel.equals(plain));
      assert.equal(arch, 'x64');
    }
  });

  test('an image of arm64, in a zboot image and in a unified one as well', () => {
    const plain = armImage();
    const packed = zboot(gzipSync(plain));
    for (const image of [plain, packed, peFile({ '.linux': packed })]) {
      const { kernel, arch } = kernelIn(image);
      assert.ok(kernel.equals(plain));
      assert.equal(arch, 'arm64');
    }
  });

  test('what is of no known form is handed over as it is', () => {
    const image = Buffer.from('something else, which QEMU may know');
    const { kernel, arch } = kernelIn(image);
    assert.ok(kernel.equals(image));
    assert.equal(arch, null);
  });
});
