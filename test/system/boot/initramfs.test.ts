import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import type { InitramfsModule } from '../../../src/model/boot.ts';
import type { Compression } from '../../../src/model/compression.ts';
import type { Fact } from '../../../src/model/fact.ts';
import { newcArchive } from '../../../src/rehearsal/newc.ts';
import { type InitramfsQuestion, readInitramfs } from '../../../src/system/boot/initramfs/read-initramfs.ts';
import { addInitramfsContents, contentsNotRead } from '../../../src/system/boot/initramfs-contents.ts';
import { sourceOfFile } from '../../../src/system/bytes.ts';
import { openSymbolRoom } from '../../../src/system/modules/symbol-room.ts';
import { openRoot } from '../../../src/system/root.ts';
import { bootFacts } from '../../support/boot-facts.ts';
import { peFile } from '../../support/images.ts';
import { compileModules, needsRealModules } from '../../support/real-modules.ts';
import { temporaryDirectory } from '../../support/temporary.ts';

const RELEASE = '6.1.0-aufswatch';
const skip = needsRealModules('cpio', 'gzip', 'xz', 'zstd', 'lz4', 'lzop', 'bzip2');

/** The commands that dracut and initramfs-tools use. */
const PACKERS: Readonly<Record<Compression | 'none', readonly [string, ...string[]]>> = {
  none: ['cat'],
  gzip: ['gzip', '-n', '-9'],
  xz: ['xz', '--check=crc32', '--lzma2=dict=1MiB'],
  zstd: ['zstd', '-q', '-15'],
  lz4: ['lz4', '-l', '-9'],
  lzma: ['lzma', '-9'],
  bzip2: ['bzip2', '-9'],
  lzo: ['lzop', '-9'],
};

let modules = '';
let archive: Buffer = Buffer.alloc(0);

before(() => {
  if (skip !== false) return;
  modules = compileModules(mkdtempSync(join(tmpdir(), 'aufswatch-')));
  const tree = temporaryDirectory();
  const extra = join(tree, 'usr/lib/modules', RELEASE, 'extra');
  const own = join(tree, 'usr/lib/modules', RELEASE, 'kernel/fs');
  for (const directory of [extra, own, join(tree, 'bin')]) mkdirSync(directory, { recursive: true });
  copyFileSync(join(modules, 'give-r.ko'), join(extra, 'give-r.ko'));
  copyFileSync(join(modules, 'taker.ko'), join(own, 'taker.ko'));
  execFileSync('xz', ['--check=crc32', '-k', join(own, 'taker.ko')]);
  writeFileSync(join(tree, 'bin/program'), Buffer.alloc(300_001, 'x'));
  archive = cpio(tree);
});

after(() => rmSync(modules, { recursive: true, force: true }));

for (const [name, packer] of Object.entries(PACKERS)) {
  test(`an initramfs packed with ${packer[0]}, after one for the processor: ${name}`, { skip }, async () => {
    const early = temporaryDirectory();
    mkdirSync(join(early, 'kernel/x86/microcode'), { recursive: true });
    writeFileSync(join(early, 'kernel/x86/microcode/GenuineIntel.bin'), Buffer.alloc(5000, 'm'));
    const packed = execFileSync(packer[0], packer.slice(1), { input: archive, maxBuffer: 1e8 });
    const found = await read(Buffer.concat([cpio(early), Buffer.alloc(512), packed, Buffer.alloc(3)]));
    assert.deepEqual(
      found.map(({ path, name: module, release }) => [path, module, release]),
      [
        [`/usr/lib/modules/${RELEASE}/extra/give-r.ko`, 'give_r', RELEASE],
        [`/usr/lib/modules/${RELEASE}/kernel/fs/taker.ko`, 'taker', RELEASE],
        [`/usr/lib/modules/${RELEASE}/kernel/fs/taker.ko.xz`, 'taker', RELEASE],
      ],
    );
    // The kernel's own modules are listed; only others are read.
    assert.deepEqual(
      found.map(({ file }) => (file?.info.known ? file.info.value.version : null)),
      ['1.2.3-test', null, null],
    );
  });
}

test('a module of the kernel that is requested is read, also if it is compressed', { skip }, async () => {
  const found = await read(archive, new Set(['taker']));
  const ids = found.filter(({ name }) => name === 'taker').map(({ file }) => file?.info);
  assert.ok(
    ids.every((info) => info?.known && info.value.depends.includes('give-r')),
    JSON.stringify(ids),
  );
});

test('a file that is truncated, of unknown compression or no archive is unknown, and never empty', {
  skip,
}, async () => {
  const packed = execFileSync('gzip', [], { input: archive });
  for (const bytes of [
    packed.subarray(0, packed.length - 4000),
    archive.subarray(0, archive.length - 4096),
    Buffer.from('made by make install yesterday'),
    Buffer.alloc(4096),
    Buffer.alloc(0),
    Buffer.concat([archive.subarray(0, 300), Buffer.alloc(4096, 'z')]),
  ]) {
    const contents = await contentsOf(bytes);
    assert.equal(contents.known ? 'known' : contents.code, 'malformed');
  }
});

test('the .initrd section of a unified kernel image is its initramfs; without that section it has none', async () => {
  const root = temporaryDirectory();
  const path = 'usr/lib/modules/6.1.192-gentoo/extra/zfs.ko';
  const initrd = gzipSync(newcArchive([{ path, content: Buffer.from('no module') }]));
  writeFileSync(join(root, 'with.efi'), peFile({ '.osrel': Buffer.from('ID=gentoo'), '.initrd': initrd }));
  writeFileSync(join(root, 'without.efi'), peFile({ '.osrel': Buffer.from('ID=gentoo') }));
  const opened = openRoot(root);
  const paths = ['/with.efi', '/without.efi'];
  const initramfs = paths.map((file) => ({
    path: file,
    id: '',
    size: 0,
    mtime: 0,
    contents: contentsNotRead(file),
  }));
  const boot = bootFacts({ initramfs });
  const contents = await addInitramfsContents(opened, boot, paths, new Set(), []);
  const names = contents.initramfs.map(({ contents }) =>
    contents.known ? contents.value.modules.map((module) => module.path) : contents.detail,
  );
  assert.deepEqual(names, [[`/${path}`], []]);
});

test('if the time is up, that is the result', { skip }, async () => {
  const contents = await contentsOf(archive, {
    names: new Set(),
    expired: () => true,
    symbols: openSymbolRoom(),
  });
  assert.equal(contents.known ? 'known' : contents.code, 'timeout');
});

test('the time limit is checked while endless zeros are unpacked', async () => {
  let checks = 0;
  const expired = () => ++checks > 3;
  // In nothing but zeros there is no entry.
  const contents = await contentsOf(gzipSync(Buffer.alloc(8 * 1024 * 1024)), {
    names: new Set(),
    expired,
    symbols: openSymbolRoom(),
  });
  assert.equal(contents.known ? 'known' : contents.code, 'timeout');
  assert.ok(checks < 10, `the time was checked ${checks} times`);
});

test('a file that unpacks to gigabytes is skipped with little memory', { skip }, async () => {
  const directory = temporaryDirectory();
  writeFileSync(join(directory, 'large'), '');
  truncateSync(join(directory, 'large'), 300 * 1024 * 1024);
  const packed = execFileSync(
    'sh',
    ['-c', 'cd "$1" && echo large | cpio -o -H newc --quiet | zstd -q -1', 'sh', directory],
    {
      maxBuffer: 1e8,
    },
  );
  const earlier = process.memoryUsage().rss;
  assert.deepEqual(await read(packed), []);
  assert.ok(process.memoryUsage().rss - earlier < 150 * 1024 * 1024);
});

async function read(
  bytes: Buffer,
  names: ReadonlySet<string> = new Set(),
): Promise<readonly InitramfsModule[]> {
  const contents = await contentsOf(bytes, { names, expired: () => false, symbols: openSymbolRoom() });
  if (!contents.known) assert.fail(`${contents.code}: ${contents.detail}`);
  return contents.value.modules;
}

function contentsOf(
  bytes: Buffer,
  question: InitramfsQuestion = { names: new Set(), expired: () => false, symbols: openSymbolRoom() },
): Promise<Fact<{ readonly modules: readonly InitramfsModule[] }>> {
  const directory = temporaryDirectory();
  writeFileSync(join(directory, 'initramfs.img'), bytes);
  return openRoot(directory).whileOpen('/initramfs.img', (file) =>
    readInitramfs(sourceOfFile(file), '/initramfs.img', question),
  );
}

/** An archive of a directory, made by cpio itself. */
function cpio(directory: string): Buffer {
  return execFileSync(
    'sh',
    ['-c', 'cd "$1" && find . | LC_ALL=C sort | cpio -o -H newc --quiet', 'sh', directory],
    {
      maxBuffer: 1e8,
    },
  );
}
