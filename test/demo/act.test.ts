import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { inSync, NEW_SET } from '../../src/demo/in-sync.ts';
import { type Machine, writeMachine } from '../../src/demo/machine.ts';
import { cpvOf, type Package } from '../../src/demo/package.ts';
import { NotADemoError, treeAt } from '../support/demo/act.ts';
import { boot, buildKernel, builtKernel, installKernel, selectTree } from '../support/demo/act-kernel.ts';
import { mergePackage, patchTree, removePackage, unpatchTree } from '../support/demo/act-portage.ts';
import { rebuiltPackage } from '../support/demo/rebuilt.ts';
import { SCENARIOS } from '../support/demo/scenarios.ts';
import { temporaryDirectory } from '../support/temporary.ts';

const NOW = Date.UTC(2026, 10, 23, 9);
const PATH = '/usr/src/linux-6.1.192-gentoo';
const SPLICE = join(PATH, 'fs/splice.c');
const IMAGE = 'vmlinuz-6.1.192-gentoo';

function start(machine: Machine): string {
  const root = join(temporaryDirectory(), 'root');
  writeMachine(root, machine);
  return root;
}

function packageNamed(machine: Machine, name: string): Package {
  const pkg = machine.packages.find((candidate) => candidate.name === name);
  assert.ok(pkg !== undefined);
  return pkg;
}

function read(root: string, path: string): string {
  return readFileSync(join(root, path), 'utf8');
}

function vdb(root: string): string[] {
  return readdirSync(join(root, 'var/db/pkg/sys-fs')).sort();
}

test('the story can be repaired: build, install, rebuild modules, boot', () => {
  let machine = SCENARIOS.story(NOW);
  const root = start(machine);
  machine = buildKernel(root, machine, PATH, NOW + 1000);
  assert.ok(statSync(join(root, PATH, 'fs/splice.o')).mtimeMs > statSync(join(root, SPLICE)).mtimeMs);
  assert.equal(read(root, `${PATH}/.version`), '4\n');
  machine = installKernel(root, machine, PATH, NOW + 2000);
  assert.ok(existsSync(join(root, `boot/${IMAGE}.old`)));
  assert.match(read(root, 'var/log/installkernel.log'), /\t6\.1\.192-gentoo\t/);
  for (const name of ['aufs6', 'zfs-kmod']) {
    const pkg = rebuiltPackage(packageNamed(machine, name), builtKernel(treeAt(machine, PATH)), NOW + 3000);
    machine = mergePackage(root, machine, pkg);
  }
  machine = boot(root, machine, IMAGE, NOW + 4000);
  assert.deepEqual(machine.running?.loaded.map(({ module }) => module.name).sort(), ['aufs', 'spl', 'zfs']);
  assert.match(read(root, 'proc/sys/kernel/version'), /^#4 /);
  assert.equal(read(root, 'sys/module/aufs/version'), '6.1-20240701\n');
});

test('the story ends badly if the machine is only rebooted', () => {
  const machine = SCENARIOS.story(NOW);
  const root = start(machine);
  const bootIdBefore = read(root, 'proc/sys/kernel/random/boot_id');
  boot(root, machine, IMAGE, NOW + 1000);
  assert.equal(existsSync(join(root, 'sys/module/aufs')), false);
  assert.doesNotMatch(read(root, 'proc/filesystems'), /aufs/);
  assert.doesNotMatch(read(root, 'proc/self/mountinfo'), / - aufs /);
  assert.match(read(root, 'proc/modules'), /^zfs /m);
  assert.notEqual(read(root, 'proc/sys/kernel/random/boot_id'), bootIdBefore);
});

test('a merge of the same sources restores the originals and leaves files that it does not own', () => {
  const machine = inSync(NOW);
  const root = start(machine);
  const next = mergePackage(root, machine, {
    ...packageNamed(machine, 'gentoo-sources'),
    version: '6.1.192',
    slot: '6.1.192',
    mergedAt: NOW + 1000,
  });
  assert.doesNotMatch(read(root, SPLICE), /EXPORT_SYMBOL/);
  assert.ok(existsSync(join(root, PATH, 'mm/prfile.c')));
  assert.equal(statSync(join(root, SPLICE)).mtimeMs, NOW + 1000);
  assert.equal(next.packages.length, machine.packages.length);
  // Writing the machine again gives the same tree.
  assert.equal(read(start(next), SPLICE), read(root, SPLICE));
});

test('an upgrade replaces the old entry, bumps the times and the counter, and leaves no -MERGING- behind', () => {
  const machine = inSync(NOW);
  const root = start(machine);
  const next = mergePackage(root, machine, {
    ...packageNamed(machine, 'zfs-kmod'),
    version: '2.2.8',
    mergedAt: NOW + 1000,
  });
  assert.deepEqual(vdb(root), ['aufs-util-6.1_p20230828', 'aufs6-0_pre20230828', 'zfs-kmod-2.2.8']);
  assert.equal(statSync(join(root, 'var/db/pkg')).mtimeMs, NOW + 1000);
  assert.equal(statSync(join(root, 'var/db/pkg/sys-fs')).mtimeMs, NOW + 1000);
  assert.equal(read(root, 'var/cache/edb/counter'), '8');
  assert.match(
    read(root, 'var/log/emerge.log'),
    / >>> unmerge success: sys-fs\/zfs-kmod-2\.2\.7\n.* ::: completed emerge \(1 of 1\) sys-fs\/zfs-kmod-2\.2\.8 to \/\n$/,
  );
  assert.equal(packageNamed(next, 'zfs-kmod').counter, 8);
});

test('Portage metadata stays valid through a merge', () => {
  const machine: Machine = { ...inSync(NOW), vdb: 'consolidated' };
  const root = start(machine);
  mergePackage(root, machine, { ...packageNamed(machine, 'aufs6'), mergedAt: NOW + 1000 });
  const entry = join(root, 'var/db/pkg/sys-fs/aufs6-0_pre20230828');
  const { mtimeNs } = statSync(entry, { bigint: true });
  assert.ok(readFileSync(join(entry, 'metadata'), 'utf8').endsWith(`#dir_mtime=${mtimeNs}\n`));
});

test('the modules of a removed package stay, without an owner', () => {
  const machine = inSync(NOW);
  const root = start(machine);
  const cpv = cpvOf(packageNamed(machine, 'aufs6'));
  const next = removePackage(root, machine, cpv, NOW + 1000);
  assert.deepEqual(vdb(root), ['aufs-util-6.1_p20230828', 'zfs-kmod-2.2.7']);
  assert.ok(existsSync(join(root, 'lib/modules/6.1.192-gentoo/misc/aufs.ko')));
  assert.equal(existsSync(join(root, 'usr/share/doc/aufs6-0_pre20230828/aufs6-base.patch')), false);
  assert.deepEqual(
    next.releases.map((release) => release.unowned.map((file) => file.module.name)),
    [['aufs'], ['aufs']],
  );
  mergePackage(root, next, { ...packageNamed(machine, 'aufs6'), mergedAt: NOW + 2000 });
  assert.match(read(root, 'lib/modules/6.1.192-gentoo/modules.dep'), /^misc\/aufs\.ko:$/m);
});

test('patch and unpatch change text and time', () => {
  const machine = inSync(NOW);
  const root = start(machine);
  const before = read(root, SPLICE);
  const without = unpatchTree(root, machine, PATH, NOW + 1000);
  assert.doesNotMatch(read(root, SPLICE), /EXPORT_SYMBOL/);
  assert.equal(existsSync(join(root, PATH, 'mm/prfile.c')), false);
  assert.equal(statSync(join(root, PATH, 'Kbuild')).mtimeMs, machine.trees[0]?.mergedAt);
  patchTree(root, without, PATH, { ...NEW_SET, at: NOW + 2000, rejected: [], reverted: false });
  assert.equal(read(root, SPLICE), before);
  assert.equal(statSync(join(root, SPLICE)).mtimeMs, NOW + 2000);
});

test('another tree can be selected', () => {
  const machine = inSync(NOW);
  const root = start(machine);
  selectTree(root, machine, '/usr/src/linux-6.1.191-gentoo', NOW + 1000);
  assert.match(read(root, 'usr/src/linux/Makefile'), /^SUBLEVEL = 191$/m);
});

test('every action refuses a root that is no demonstration', () => {
  assert.throws(() => boot(temporaryDirectory(), inSync(NOW), IMAGE, NOW), NotADemoError);
});
