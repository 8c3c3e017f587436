import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import type { Compression } from '../../../src/model/compression.ts';
import { type Fact, known } from '../../../src/model/fact.ts';
import { sourceOfBuffer } from '../../../src/system/bytes.ts';
import { MIB } from '../../../src/system/open-file.ts';
import { withKernel } from '../../../src/system/vmlinux/payload.ts';
import { codeOf } from '../../support/build-tree.ts';
import { peFile } from '../../support/images.ts';
import { needs } from '../../support/tools.ts';

const KERNEL = Buffer.concat([Buffer.from('\x7fELF'), Buffer.alloc(2 * MIB, 'not much of a kernel ')]);
const skip = needs('prlimit', 'xz', 'zstd', 'lz4', 'bzip2', 'lzop', 'gzip');

function kernelIn(image: Buffer): Fact<string> {
  return withKernel(sourceOfBuffer(image), (kernel) => known(kernel.read(0, kernel.size).toString('latin1')));
}

/**
 * setup_sects 0 means 4. The payload is after the setup code, and the header has its offset and size (boot protocol
 * 2.08).
 */
function bzImage(payload: Buffer): Buffer {
  const setup = Buffer.alloc(5 * 512);
  setup.writeUInt16LE(0xaa55, 0x1fe);
  setup.write('HdrS', 0x202, 'latin1');
  setup.writeUInt16LE(0x20f, 0x206);
  setup.writeUInt32LE(16, 0x248);
  setup.writeUInt32LE(payload.length, 0x24c);
  return Buffer.concat([setup, Buffer.alloc(16), payload, Buffer.alloc(512)]);
}

function packed(command: string, ...args: readonly string[]): Buffer {
  return execFileSync(command, args, { input: KERNEL, stdio: ['pipe', 'pipe', 'ignore'] });
}

test('the kernel in a bzImage, with every compression of kbuild', { skip }, () => {
  const size = Buffer.alloc(4);
  size.writeUInt32LE(KERNEL.length);
  const ways: Record<Compression, Buffer> = {
    gzip: gzipSync(KERNEL),
    xz: Buffer.concat([packed('xz', '--check=crc32'), size]),
    lzma: Buffer.concat([packed('xz', '--format=lzma'), size]),
    zstd: Buffer.concat([packed('zstd', '-q', '--ultra', '-22', '--long=27'), size]),
    lz4: Buffer.concat([packed('lz4', '-q', '-l', '-c'), size]),
    bzip2: Buffer.concat([packed('bzip2'), size]),
    lzo: Buffer.concat([packed('lzop'), size]),
  };
  for (const [way, payload] of Object.entries(ways))
    assert.deepEqual(kernelIn(bzImage(payload)), known(KERNEL.toString('latin1')), way);
});

test('in a unified image, in an EFI zboot image, in a gzip file alone, and uncompressed', { skip }, () => {
  const whole = known(KERNEL.toString('latin1'));
  assert.deepEqual(kernelIn(KERNEL), whole);
  assert.deepEqual(kernelIn(gzipSync(KERNEL)), whole);
  assert.deepEqual(kernelIn(peFile({ '.linux': bzImage(gzipSync(KERNEL)) })), whole);
  const payload = packed('zstd', '-q');
  const head = Buffer.alloc(64);
  head.write('MZ', 0, 'latin1');
  head.write('zimg', 4, 'latin1');
  head.writeUInt32LE(64, 8);
  head.writeUInt32LE(payload.length, 12);
  head.write('zstd22', 24, 'latin1');
  assert.deepEqual(kernelIn(Buffer.concat([head, payload])), whole);
});

test('an image that is damaged, or unpacks to far more than any kernel, is reported and fills no disk', {
  skip,
}, () => {
  const half = packed('xz').subarray(0, 200);
  assert.equal(codeOf(kernelIn(bzImage(Buffer.concat([half, Buffer.alloc(4)])))), 'malformed');
  assert.equal(codeOf(kernelIn(bzImage(Buffer.from('no known packing')))), 'no-data');
  const bomb = execFileSync('sh', ['-c', 'head -c 300000000 /dev/zero | zstd -q'], { maxBuffer: MIB });
  assert.equal(codeOf(kernelIn(bzImage(Buffer.concat([bomb, Buffer.alloc(4)])))), 'too-large');
});
