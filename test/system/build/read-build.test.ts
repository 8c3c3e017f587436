import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { known, unknown } from '../../../src/model/fact.ts';
import {
  ABI,
  BUILT,
  codeOf,
  KERNEL,
  layOutTree,
  OBJECTS,
  prepared,
  read,
  readIn,
  SOURCES,
  TREE,
  without,
} from '../../support/build-tree.ts';
import { RELEASE, smallImage, UTS_VERSION } from '../../support/images.ts';
import { temporaryDirectory } from '../../support/temporary.ts';
import { at, layOutTimed, type TimedFile } from '../../support/timed-files.ts';

test('touched files that are newer than their products are stale', () => {
  assert.deepEqual(read(BUILT).stale, []);
  const patched = {
    ...BUILT,
    'fs/splice.c': ['', 50],
    'include/linux/fs.h': ['', 50],
    'mm/nommu.c': ['', 50],
  } as const;
  assert.deepEqual(read({ ...patched, 'fs/Makefile': ['', 50] }).stale, [
    { source: 'fs/splice.c', object: 'fs/splice.o', sourceMtime: at(50) },
    { source: 'include/linux/fs.h', object: null, sourceMtime: at(50) },
  ]);
  assert.deepEqual(read(SOURCES).stale, [], 'nothing was built, so nothing is stale');
});

test('.config has changed if it is newer than auto.conf and sets other values', () => {
  assert.deepEqual(read(BUILT).configChanged, known(false));
  const same = {
    ...BUILT,
    '.config': [
      '# again\nCONFIG_CC_VERSION_TEXT="gcc 13"\nCONFIG_SMP=y\nCONFIG_LOCALVERSION="-gentoo"\n',
      50,
    ],
  } as const;
  assert.deepEqual(read(same).configChanged, known(false));
  assert.deepEqual(read({ ...BUILT, '.config': ['CONFIG_SMP=y\n', 50] }).configChanged, known(true));
  assert.equal(codeOf(read(SOURCES).configChanged), 'missing');
});

test('an O= directory has its own configuration and objects, and the sources of the tree', () => {
  const dir = temporaryDirectory();
  layOutTree(dir, { ...SOURCES, 'fs/splice.c': ['', 50] });
  const output = Object.entries({ ...OBJECTS, ...KERNEL, '.config': ['CONFIG_SMP=n2\n', 60] as TimedFile });
  layOutTimed(dir, Object.fromEntries(output.map(([name, file]) => [`build/x/${name}`, file])));
  const build = readIn(dir, { directory: '/build/x', config: unknown('missing', '') });
  assert.equal(build.directory, '/build/x');
  assert.deepEqual(build.state, known('complete'));
  assert.deepEqual(build.configChanged, known(true));
  assert.deepEqual(
    build.stale.map(({ object }) => object),
    ['fs/splice.o'],
  );
});

test('the reader of the ABI receives the configuration of the kernel', () => {
  const dir = layOutTree(temporaryDirectory(), BUILT);
  let received: unknown = null;
  const build = readIn(dir, {
    readAbi: (built) => {
      received = built;
      return ABI;
    },
  });
  const built = { tree: TREE, directory: TREE, config: build.builtConfig, release: known(RELEASE) };
  assert.deepEqual(received, built);
  assert.deepEqual([build.abi, build.carries], [ABI.abi, ABI.carries]);
});

test('a distribution kernel is complete if it has its image, and its sources are never stale', () => {
  // kernel-build.eclass installs the headers of `make modules_prepare`, which are older than the kernel.
  const files = {
    ...prepared(),
    ...SOURCES,
    'fs/splice.c': ['', 90],
    'arch/x86/boot/bzImage': [smallImage(), 11],
  } as const;
  const build = read(files, { kind: 'distribution' });
  assert.deepEqual(build.state, known('complete'));
  assert.deepEqual(build.identity.utsVersion, known(UTS_VERSION));
  assert.deepEqual(build.stale, []);
  const stripped = read(without(files, 'arch/x86/boot/bzImage'), { kind: 'distribution' });
  assert.equal(codeOf(stripped.state), 'missing');
});

test('a sparse vmlinux of 10 GB, FIFOs and binary headers are reported, without delay', () => {
  const dir = layOutTree(temporaryDirectory(), { ...BUILT, 'include/config/kernel.release': ['\x1b[2J', 3] });
  truncateSync(join(dir, TREE, 'vmlinux'), 10 * 1024 ** 3);
  truncateSync(join(dir, TREE, 'arch/x86/boot/bzImage'), 10 * 1024 ** 3);
  for (const name of ['include/generated/utsversion.h', '.version']) {
    rmSync(join(dir, TREE, name));
    execFileSync('mkfifo', [join(dir, TREE, name)]);
  }
  const build = readIn(dir, { hashImages: true });
  assert.deepEqual(build.identity.release, known(RELEASE), 'the boot header is still there');
  assert.equal(codeOf(build.identity.buildId), 'malformed');
  assert.equal(codeOf(build.imageHash), 'too-large');
  assert.deepEqual(build.builtConfig.known, true);
});

test('any bytes in the generated headers give a build with facts or reasons', () => {
  const dir = layOutTree(temporaryDirectory(), without(BUILT, 'arch/x86/boot/bzImage'));
  const names = ['utsversion.h', 'compile.h', '../config/kernel.release', '../../.version'];
  const line = fc.constantFrom('#define UTS_VERSION "#', '#define LINUX_COMPILER "', '"\n', '#9', '\0');
  fc.assert(
    fc.property(fc.constantFrom(...names), fc.array(fc.oneof(line, fc.string())), (name, parts) => {
      writeFileSync(join(dir, TREE, 'include/generated', name), parts.join(''));
      const { identity, number, compiler } = readIn(dir, {});
      return [identity.release, identity.utsVersion, number, compiler].every(
        (fact) => fact.known || fact.detail !== '',
      );
    }),
    { numRuns: 60 },
  );
});
