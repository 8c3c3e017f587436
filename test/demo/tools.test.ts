import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { symbolCrc } from '../../src/demo/exports.ts';
import { inSync, kernelOf, OLD_SET } from '../../src/demo/in-sync.ts';
import { buildIdOf, releaseOf, utsVersion, vermagicOf } from '../../src/demo/kernel.ts';
import { type Machine, writeMachine } from '../../src/demo/machine.ts';
import { moduleBuildId, moduleSrcversion } from '../../src/demo/module.ts';
import { aufsModule, splModule } from '../../src/demo/out-of-tree.ts';
import { SCENARIOS } from '../support/demo/scenarios.ts';
import { temporaryDirectory } from '../support/temporary.ts';
import { needs } from '../support/tools.ts';

const NOW = Date.UTC(2026, 10, 23, 9);
const KERNEL = kernelOf('6.1.192', 3, NOW - 24 * 86_400_000, OLD_SET);
const RELEASE = releaseOf(KERNEL);

function run(tool: string, ...args: string[]): string {
  const env = { ...process.env, PATH: `${process.env.PATH}:/sbin:/usr/sbin`, LC_ALL: 'C' };
  return execFileSync(tool, args, { encoding: 'utf8', env });
}

function inSyncRoot(): string {
  const root = join(temporaryDirectory(), 'root');
  writeMachine(root, inSync(NOW));
  return root;
}

test('modinfo, nm and readelf read the modules', {
  skip: needs('modinfo', 'modprobe', 'nm', 'readelf'),
}, () => {
  const root = inSyncRoot();
  const file = join(root, 'lib/modules', RELEASE, 'misc/aufs.ko');
  const aufs = aufsModule(OLD_SET, KERNEL);
  const field = (name: string): string => run('modinfo', '-F', name, file).replace(/\n$/, '');
  assert.equal(field('vermagic'), vermagicOf(KERNEL));
  assert.equal(field('version'), '6.1-20230828');
  assert.equal(field('srcversion'), moduleSrcversion(aufs));
  assert.equal(field('license'), 'GPL');
  assert.equal(run('modinfo', '-F', 'depends', join(root, 'lib/modules', RELEASE, 'extra/zfs.ko')), 'spl\n');

  const undefinedNames = run('nm', '-u', file)
    .trim()
    .split('\n')
    .map((line) => line.trim().slice(2));
  assert.deepEqual(undefinedNames.sort(), [...aufs.imports].sort());

  const versions = run('modprobe', '--dump-modversions', file).trim().split('\n');
  const expected = ['module_layout', ...aufs.imports].map(
    (name) => `0x${symbolCrc(KERNEL, name).toString(16).padStart(8, '0')}\t${name}`,
  );
  assert.deepEqual(versions.sort(), expected.sort());

  assert.match(run('readelf', '-n', file), new RegExp(`Build ID: ${moduleBuildId(aufs)}`));
  assert.equal(run('readelf', '--lint', '-a', file).includes('Error'), false);
});

test('a module that exports has its symbols where kmod and the kernel read them', {
  skip: needs('readelf'),
}, () => {
  const file = join(inSyncRoot(), 'lib/modules', RELEASE, 'extra/spl.ko');
  const symbols = run('readelf', '-sW', file);
  const crc = Buffer.alloc(4);
  crc.writeUInt32LE(symbolCrc(splModule(KERNEL).against, 'spl_kmem_alloc'));
  assert.match(symbols, /__ksymtab_spl_kmem_alloc\n/);
  assert.match(symbols, /__crc_spl_kmem_alloc\n/);
  assert.match(run('readelf', '-x', '__kcrctab', file), new RegExp(`0x00000000 ${crc.toString('hex')}`));
});

test('depmod finds the dependencies that modules.dep has', { skip: needs('depmod') }, () => {
  const root = inSyncRoot();
  const file = join(root, 'lib/modules', RELEASE, 'modules.dep');
  const ours = readFileSync(file, 'utf8').split('\n').sort();
  renameSync(file, `${file}.ours`);
  run('depmod', '-b', root, RELEASE);
  assert.deepEqual(readFileSync(file, 'utf8').split('\n').sort(), ours);
});

test('depmod -e finds no error in sync, and in the story the one that the kernel will find', {
  skip: needs('depmod'),
}, () => {
  const complaints = (machine: Machine): string[] => {
    const root = join(temporaryDirectory(), 'root');
    writeMachine(root, machine);
    const symvers = join(root, 'usr/src', `linux-${RELEASE}`, 'Module.symvers');
    const env = { ...process.env, PATH: `${process.env.PATH}:/sbin:/usr/sbin`, LC_ALL: 'C' };
    const done = spawnSync('depmod', ['-b', root, '-e', '-E', symvers, RELEASE], { encoding: 'utf8', env });
    return done.stderr.trim().split('\n');
  };
  assert.deepEqual(complaints(inSync(NOW)), ['']);
  const story = complaints(SCENARIOS.story(NOW));
  assert.ok(
    story.every((line) => line.includes('misc/aufs.ko')),
    story.join('\n'),
  );
  assert.ok(story.some((line) => line.endsWith('aufs.ko disagrees about version of symbol module_layout')));
});

test('file and readelf recognise the image and vmlinux', { skip: needs('file', 'readelf') }, () => {
  const root = inSyncRoot();
  const image = run('file', '-b', join(root, 'boot', `vmlinuz-${RELEASE}`));
  assert.ok(
    image.startsWith(`Linux kernel x86 boot executable bzImage, version ${RELEASE} (root@gentoo) `),
    image,
  );
  assert.ok(image.includes(utsVersion(KERNEL)), image);
  const vmlinux = join(root, 'usr/src', `linux-${RELEASE}`, 'vmlinux');
  assert.match(run('file', '-b', vmlinux), /^ELF 64-bit LSB executable, x86-64/);
  assert.match(run('readelf', '-n', vmlinux), new RegExp(`Build ID: ${buildIdOf(KERNEL)}`));
  assert.match(run('readelf', '-lW', vmlinux), / NOTE /);
});
