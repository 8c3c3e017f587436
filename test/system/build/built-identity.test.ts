import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { known } from '../../../src/model/fact.ts';
import type { Tree } from '../../../src/model/tree.ts';
import {
  BUILT,
  COMPILER,
  codeOf,
  compileHeader,
  OBJECTS,
  read,
  SOURCES,
  TREE,
  without,
} from '../../support/build-tree.ts';
import { banner, peFile, RELEASE, smallImage, UTS_VERSION } from '../../support/images.ts';
import { temporaryDirectory } from '../../support/temporary.ts';
import { at, type TimedFiles } from '../../support/timed-files.ts';
import { needs } from '../../support/tools.ts';

const SILENT: TimedFiles = {
  'arch/x86/boot/bzImage': ['no kernel', 11],
  'include/generated/utsversion.h': ['', 9],
};
const ID = '00112233445566778899aabbccddeeff00112233';

test('the identity is read from the image, including the build number', () => {
  const build = read({ ...BUILT, 'include/config/kernel.release': ['6.1.999\n', 20] });
  assert.deepEqual(build.identity.release, known(RELEASE));
  assert.deepEqual(build.identity.utsVersion, known(UTS_VERSION));
  assert.deepEqual(build.number, known(3));
  assert.equal(build.image, `${TREE}/arch/x86/boot/bzImage`);
  assert.deepEqual(build.builtAt, known(at(11)));
});

test('without a release in the image, the headers are used if they belong to that image', () => {
  const releaseOf = (files: TimedFiles, kind: Tree['kind']) => read(files, { kind }).identity.release;
  for (const kind of ['sources', 'distribution'] as const)
    assert.deepEqual(releaseOf({ ...BUILT, ...SILENT }, kind), known(RELEASE));
  // make modules_prepare writes it again.
  const later = { ...BUILT, ...SILENT, 'include/config/kernel.release': [`${RELEASE}\n`, 20] } as const;
  assert.equal(releaseOf(later, 'sources').known, false);
  assert.deepEqual(releaseOf(later, 'distribution'), known(RELEASE));
});

test('the image of USE=generic-uki is the unified one', () => {
  const uki = peFile({ '.uname': Buffer.from(RELEASE), '.linux': smallImage() });
  const boot = { 'arch/x86/boot/bzImage': ['', 11], 'arch/x86/boot/uki.efi': [uki, 11] } as const;
  const files = { ...without(BUILT, 'include/generated/utsversion.h'), ...boot };
  const build = read(files, { kind: 'distribution' });
  assert.equal(build.image, `${TREE}/arch/x86/boot/uki.efi`);
  assert.deepEqual(build.identity.release, known(RELEASE));
  assert.deepEqual(build.identity.utsVersion, known(UTS_VERSION));
});

test('without an image, the headers have the identity of the last link', () => {
  const build = read(without(BUILT, 'arch/x86/boot/bzImage'));
  assert.deepEqual(build.identity.release, known(RELEASE));
  assert.deepEqual(build.identity.utsVersion, known(UTS_VERSION));
  assert.equal(build.image, null);
  assert.equal(build.builtAt.known, false);
  assert.deepEqual(read({ ...SOURCES, ...OBJECTS, '.version': ['7\n', 9] }).number, known(7));
});

test('before Linux 5.19, UTS_VERSION is in compile.h', () => {
  const header = `#define UTS_VERSION "${UTS_VERSION}"\n${compileHeader('x86_64')}`;
  const files = without({ ...BUILT, 'include/generated/compile.h': [header, 9] }, 'arch/x86/boot/bzImage');
  const build = read(without(files, 'include/generated/utsversion.h'));
  assert.deepEqual(build.identity.utsVersion, known(UTS_VERSION));
});

test('headers of a link that failed do not belong to an older image', () => {
  const um = {
    ...without(BUILT, 'arch/x86/boot/bzImage'),
    'include/generated/compile.h': [compileHeader('um'), 4],
    linux: [Buffer.from(`\0${banner(RELEASE, '#2 Sun Nov 22 00:00:00 UTC 2026')}`), 8],
    'include/generated/utsversion.h': [`#define UTS_VERSION "${UTS_VERSION}"\n`, 9],
  } as const;
  const build = read(um);
  assert.deepEqual(build.identity.utsVersion, known('#2 Sun Nov 22 00:00:00 UTC 2026'));
  assert.deepEqual(build.number, known(2));
  assert.deepEqual(build.state, known('interrupted'));
  const linked = read({ ...um, linux: [Buffer.from(banner()), 10] });
  assert.deepEqual(linked.identity.utsVersion, known(UTS_VERSION));
  assert.equal(linked.image, `${TREE}/linux`);
});

test('the compiler is that of compile.h, else that of the configuration', () => {
  assert.deepEqual(read(BUILT).compiler, known(COMPILER));
  assert.deepEqual(read(without(BUILT, 'include/generated/compile.h')).compiler, known('gcc 13'));
  assert.equal(read(SOURCES).compiler.known, false);
});

test('the build ID is that of vmlinux, unless the image is of an earlier link', {
  skip: needs('as', 'ld'),
}, () => {
  const vmlinux = link();
  assert.deepEqual(read({ ...BUILT, vmlinux: [vmlinux, 10] }).identity.buildId, known(ID));
  assert.equal(codeOf(read({ ...BUILT, vmlinux: [vmlinux, 20] }).identity.buildId), 'no-data');
  assert.equal(codeOf(read(without(BUILT, 'vmlinux')).identity.buildId), 'missing');
  assert.equal(codeOf(read({ ...BUILT, vmlinux: ['text', 10] }).identity.buildId), 'malformed');
});

test('the image is hashed only on request', () => {
  assert.equal(codeOf(read(BUILT).imageHash), 'no-data');
  const hash = createHash('sha256').update(smallImage()).digest('hex');
  assert.deepEqual(read(BUILT, { hashImages: true }).imageHash, known(hash));
});

function link(): Buffer {
  const cwd = temporaryDirectory();
  writeFileSync(join(cwd, 'x.s'), '.globl _start\n_start: ret\n');
  execFileSync('as', ['-o', 'x.o', 'x.s'], { cwd });
  execFileSync('ld', [`--build-id=0x${ID}`, '-o', 'x', 'x.o'], { cwd });
  return readFileSync(join(cwd, 'x'));
}
