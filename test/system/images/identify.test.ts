import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, suite, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { writeElf } from '../../../src/demo/elf.ts';
import { type Fact, known } from '../../../src/model/fact.ts';
import { sourceOfBuffer, sourceOfFile } from '../../../src/system/bytes.ts';
import { type IdentifiedImage, identifyImage, looksLikeKernel } from '../../../src/system/images/identify.ts';
import { MIB } from '../../../src/system/open-file.ts';
import { openRoot } from '../../../src/system/root.ts';
import { DEBIAN_TOOLS, debianFiles, debianKernelPackage } from '../../support/debian.ts';
import { banner, peFile, RELEASE, smallImage, UTS_VERSION } from '../../support/images.ts';
import { temporaryDirectory } from '../../support/temporary.ts';
import { needs } from '../../support/tools.ts';

const VERSION = { release: RELEASE, utsVersion: UTS_VERSION };

test('a bzImage is identified by its header', () => {
  assert.deepEqual(version(smallImage()), { kind: 'bzimage', ...VERSION });
});

test('a unified kernel image is identified by .uname, and by the kernel in it', () => {
  const linux = smallImage();
  assert.deepEqual(version(peFile({ '.linux': linux })), { kind: 'uki', ...VERSION });
  const named = peFile({ '.uname': Buffer.from('6.1.192-other\0\0'), '.linux': linux });
  assert.deepEqual(version(named), { kind: 'uki', release: '6.1.192-other', utsVersion: UTS_VERSION });
});

test('EFI zboot images with each compression, under the names of kbuild', {
  skip: needs('zstd', 'xz', 'lzop', 'lz4'),
}, () => {
  const plain = Buffer.from(`\0\0${banner()}\0`);
  for (const [tool, names] of [
    ['zstd', ['zstd', 'zstd22']],
    ['xz', ['xz', 'xzkern']],
    ['lzop', ['lzo']],
    ['lz4', ['lz4']],
  ] as const) {
    const packed = execFileSync(tool, ['-c'], { input: plain });
    for (const name of names)
      assert.deepEqual(identify(zboot(packed, name)).identity.release, known(RELEASE), name);
    assert.equal(code(identify(zboot(packed.subarray(0, 20), names[0])).identity.release), 'malformed');
  }
});

test('other images are identified by their banner: plain, gzip, EFI zboot, and nested ones', () => {
  const plain = Buffer.concat([Buffer.alloc(5000, 0x11), Buffer.from(banner())]);
  const other = { kind: 'other', ...VERSION };
  assert.deepEqual(version(plain), other);
  assert.deepEqual(version(gzipSync(plain)), other);
  assert.deepEqual(version(Buffer.concat([gzipSync(plain), Buffer.alloc(512)])), other);
  assert.deepEqual(version(gzipSync(plain).subarray(0, -4)), other);
  assert.deepEqual(version(zboot(gzipSync(plain), 'gzip')), other);
  assert.deepEqual(version(peFile({ '.linux': zboot(gzipSync(plain), 'gzip') })), { ...other, kind: 'uki' });
});

test('the banner of the first pass of a build, which has no number yet, is skipped', () => {
  const early = banner(RELEASE, '# SMP PREEMPT_DYNAMIC');
  assert.deepEqual(version(Buffer.from(`${early}\0${banner()}`)), { kind: 'other', ...VERSION });
  assert.equal(code(identify(Buffer.from(early)).identity.utsVersion), 'no-data');
});

test('a file that cannot be identified has a reason', () => {
  assert.equal(code(identify(zboot(Buffer.alloc(99), 'brotli')).identity.release), 'no-data');
  assert.equal(code(identify(Buffer.from('hello')).identity.release), 'no-data');
  assert.equal(code(identify(smallImage().subarray(0, 0x300)).identity.release), 'no-data');
  assert.equal(code(identify(Buffer.from('\x7fELF')).identity.release), 'malformed');
  assert.equal(code(identify(gzipSync(Buffer.alloc(65 * MIB))).identity.release), 'too-large');
  const nested = [1, 2, 3, 4, 5].reduce<Buffer>((inner) => gzipSync(inner), Buffer.from(banner()));
  assert.equal(code(identify(nested).identity.release), 'malformed');
});

test('a sparse file of 10 GB is reported as too large without being read', () => {
  let read = 0;
  const source = {
    size: 10 * 1024 ** 3,
    read: (_: number, length: number) => {
      read += length;
      return Buffer.alloc(length);
    },
  };
  assert.equal(code(identifyImage(source).identity.release), 'too-large');
  assert.ok(read < 64 * 1024);
});

test('a false section table, and sections beyond the end, do no harm', () => {
  const image = peFile({ '.uname': Buffer.from(RELEASE), '.linux': smallImage() });
  const lying = Buffer.from(image);
  lying.writeUInt32LE(0xffffffff, 0x58 + 20); // .uname is beyond the end
  lying.writeUInt32LE(0xffffffff, 0x58 + 40 + 16); // .linux is larger than the file
  assert.deepEqual(version(lying), { kind: 'uki', ...VERSION });
  const crowded = Buffer.from(image);
  crowded.writeUInt16LE(0xffff, 0x46);
  assert.equal(identify(crowded).kind, 'other');
});

test('firmware programs are not taken for kernels; kernels of any name are', () => {
  const isKernel = (bytes: Buffer) => looksLikeKernel(sourceOfBuffer(bytes));
  assert.equal(isKernel(peFile({ '.text': Buffer.alloc(600), '.sbat': Buffer.alloc(9) })), false);
  assert.equal(isKernel(Buffer.alloc(4096)), false);
  // memtest86+ has the boot header of Linux, and no version in it.
  const memtest = smallImage();
  memtest.writeUInt16LE(0, 0x20e);
  assert.equal(isKernel(memtest), false);
  assert.ok(isKernel(smallImage()));
  assert.ok(isKernel(peFile({ '.linux': smallImage() })));
  assert.ok(isKernel(zboot(Buffer.alloc(9), 'zstd')));
});

test('any bytes give an identity, with or without the beginning of an image', () => {
  const beginnings = [
    Buffer.alloc(0),
    smallImage(),
    peFile({ '.uname': Buffer.from('x'), '.linux': smallImage() }),
    gzipSync(Buffer.from(banner())),
    zboot(gzipSync(Buffer.from(banner())), 'gzip'),
    writeElf({
      kind: 'executable',
      sections: [
        { name: '.rodata', type: 'progbits', flags: 'A', bytes: Buffer.from(banner()), align: 8 },
        { name: '.notes', type: 'note', flags: 'A', bytes: Buffer.alloc(32), align: 4 },
      ],
      symbols: [],
    }),
  ];
  const damage = fc.array(fc.tuple(fc.nat(4000), fc.nat(255)), { maxLength: 12 });
  fc.assert(
    fc.property(fc.constantFrom(...beginnings), damage, fc.uint8Array(), (beginning, changes, tail) => {
      const bytes = Buffer.concat([beginning, tail]);
      for (const [at, value] of changes) if (at < bytes.length) bytes[at] = value;
      looksLikeKernel(sourceOfBuffer(bytes));
      const { kind, identity } = identify(bytes);
      return kind.length > 0 && Object.values(identity).every((fact) => fact.known || fact.detail !== '');
    }),
    { numRuns: 500 },
  );
});

suite('a real kernel of Debian', { skip: needs(...DEBIAN_TOOLS, 'file', 'objcopy', 'readelf', 'xz') }, () => {
  let image = '';
  before(async () => {
    const boot = join(await debianFiles(debianKernelPackage(), './boot'), 'boot');
    const name = readdirSync(boot).find((entry) => entry.startsWith('vmlinuz-'));
    assert.ok(name !== undefined);
    image = join(boot, name);
  });

  test('file(1) prints the same identity', () => {
    const text = execFileSync('file', ['-b', image], { encoding: 'utf8' });
    const found = identifyFile(image);
    const [release, utsVersion] = [value(found.identity.release), value(found.identity.utsVersion)];
    assert.ok(text.includes(`bzImage, version ${release} (`), `${release} against: ${text}`);
    assert.ok(text.includes(`) ${utsVersion}, `), `${utsVersion} against: ${text}`);
  });

  test('its vmlinux has the same identity, and the build ID that readelf prints', () => {
    const vmlinux = join(temporaryDirectory(), 'vmlinux');
    writeFileSync(vmlinux, unpackPayload(readFileSync(image)));
    const found = identifyFile(vmlinux);
    assert.deepEqual(found.identity.release, identifyFile(image).identity.release);
    assert.deepEqual(found.identity.utsVersion, identifyFile(image).identity.utsVersion);
    const notes = execFileSync('readelf', ['-n', vmlinux], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    assert.equal(value(found.identity.buildId), /Build ID: ([0-9a-f]+)/.exec(notes)?.[1]);
  });

  test('a UKI made of it and of systemd’s stub has the same identity', async () => {
    const stubs = await debianFiles('systemd-boot-efi', './usr/lib/systemd/boot/efi');
    const stub = join(stubs, 'usr/lib/systemd/boot/efi/linuxx64.efi.stub');
    const dir = temporaryDirectory();
    const release = value(identifyFile(image).identity.release);
    writeFileSync(join(dir, 'uname'), release);
    writeFileSync(join(dir, 'osrel'), 'ID=gentoo\n');
    const section = (name: string, file: string, address: string) => [
      '--add-section',
      `${name}=${file}`,
      '--change-section-vma',
      `${name}=${address}`,
    ];
    const sections = [
      ...section('.osrel', join(dir, 'osrel'), '0x20000'),
      ...section('.uname', join(dir, 'uname'), '0x30000'),
      ...section('.linux', image, '0x2000000'),
    ];
    execFileSync('objcopy', [...sections, stub, join(dir, 'uki.efi')], { stdio: 'pipe' });
    const found = identifyFile(join(dir, 'uki.efi'));
    assert.equal(found.kind, 'uki');
    assert.equal(value(found.identity.release), release);
    assert.deepEqual(found.identity.utsVersion, identifyFile(image).identity.utsVersion);
    assert.equal(identifyFile(stub).kind, 'other');
    assert.equal(looksLikeKernel(sourceOfBuffer(readFileSync(stub))), false);
  });
});

function identify(bytes: Buffer): IdentifiedImage {
  return identifyImage(sourceOfBuffer(bytes));
}

function identifyFile(path: string): IdentifiedImage {
  const found = openRoot('/').withFile(path, (file) => known(identifyImage(sourceOfFile(file))));
  assert.ok(found.known);
  return found.value;
}

function version(bytes: Buffer) {
  const { kind, identity } = identify(bytes);
  return { kind, release: value(identity.release), utsVersion: value(identity.utsVersion) };
}

function value<T>(fact: Fact<T>): T {
  if (!fact.known) assert.fail(`${fact.code}: ${fact.detail}`);
  return fact.value;
}

function code(fact: Fact<unknown>): string {
  return fact.known ? 'known' : fact.code;
}

function zboot(payload: Buffer, compression: string): Buffer {
  const head = Buffer.alloc(0x80);
  head.write('MZ', 0, 'latin1');
  head.write('zimg', 4, 'latin1');
  head.writeUInt32LE(head.length, 8);
  head.writeUInt32LE(payload.length, 12);
  head.write(compression, 24, 'latin1');
  head.writeUInt32LE(0x818223cd, 0x38);
  return Buffer.concat([head, payload]);
}

/** setup_sects, payload_offset and payload_length of the boot protocol; Debian compresses with xz. */
function unpackPayload(image: Buffer): Buffer {
  const start = (image.readUInt8(0x1f1) + 1) * 512 + image.readUInt32LE(0x248);
  const packed = image.subarray(start, start + image.readUInt32LE(0x24c));
  return execFileSync('xz', ['-dc', '--single-stream'], { input: packed, maxBuffer: 256 * MIB });
}
