import assert from 'node:assert/strict';
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { type DemoOptions, layOutDemo } from '../../src/demo/lay-out-demo.ts';
import { NotEmptyError, writeMachine } from '../../src/demo/machine.ts';
import { loadsOn } from '../support/demo/loads.ts';
import { SCENARIOS } from '../support/demo/scenarios.ts';
import { temporaryDirectory } from '../support/temporary.ts';

const NOW = Date.UTC(2026, 10, 23, 9);

function laidOut(options: DemoOptions = {}): string {
  const root = join(temporaryDirectory(), 'root');
  assert.deepEqual(layOutDemo(root, NOW, options), { ok: true });
  return root;
}

function mtime(root: string, path: string): number {
  return statSync(join(root, path)).mtimeMs;
}

function text(root: string, path: string): string {
  return readFileSync(join(root, path), 'utf8');
}

function messageOf(directory: string): string {
  const result = layOutDemo(directory, NOW);
  return result.ok ? '' : result.message;
}

const TREE = 'usr/src/linux-6.1.192-gentoo';

test('the story has one release everywhere, sources newer than their objects, and a module that the kernel refuses', () => {
  const root = laidOut();
  assert.equal(text(root, 'proc/sys/kernel/osrelease'), '6.1.192-gentoo\n');
  assert.equal(text(root, `${TREE}/include/config/kernel.release`), '6.1.192-gentoo\n');
  assert.equal(readlinkSync(join(root, 'usr/src/linux')), 'linux-6.1.192-gentoo');
  for (const name of ['fs/splice', 'mm/mmap', 'kernel/fork']) {
    assert.ok(mtime(root, `${TREE}/${name}.c`) > mtime(root, `${TREE}/${name}.o`), name);
  }
  const machine = SCENARIOS.story(NOW);
  const aufs = machine.packages.flatMap((pkg) => pkg.modules).find((file) => file.module.name === 'aufs');
  const kernel = machine.running?.kernel;
  assert.ok(aufs !== undefined && kernel !== undefined);
  assert.equal(loadsOn(aufs.module, kernel, []), false);
  assert.ok(
    machine.running?.loaded.every(({ module }, _at, all) =>
      loadsOn(
        module,
        kernel,
        all.map((other) => other.module),
      ),
    ),
  );
});

test('in sync: nothing is newer than what was made from it', () => {
  const root = laidOut({ machine: SCENARIOS['in-sync'] });
  assert.ok(mtime(root, `${TREE}/fs/splice.c`) < mtime(root, `${TREE}/fs/splice.o`));
  assert.ok(mtime(root, `${TREE}/fs/splice.o`) < mtime(root, `${TREE}/vmlinux`));
  assert.ok(mtime(root, `${TREE}/vmlinux`) < mtime(root, `${TREE}/arch/x86/boot/bzImage`));
  assert.ok(mtime(root, `${TREE}/.config`) < mtime(root, `${TREE}/include/config/auto.conf`));
  const release = 'lib/modules/6.1.192-gentoo';
  assert.ok(mtime(root, `${release}/misc/aufs.ko`) < mtime(root, `${release}/modules.dep`));
  assert.ok(mtime(root, `${release}/extra/zfs.ko`) < mtime(root, `${release}/modules.dep`));
});

test('the installed-package database can be written in its three forms', () => {
  const entry = 'var/db/pkg/sys-fs/zfs-kmod-2.2.7';
  const classic = laidOut({ vdb: 'classic' });
  assert.equal(text(classic, `${entry}/SLOT`), '0/2.2.7\n');
  assert.equal(existsSync(join(classic, entry, 'metadata')), false);
  const both = laidOut({ vdb: 'both' });
  assert.equal(text(both, `${entry}/SLOT`), '0/2.2.7\n');
  const consolidated = laidOut({ vdb: 'consolidated' });
  assert.equal(existsSync(join(consolidated, entry, 'SLOT')), false);
  for (const root of [both, consolidated]) {
    const metadata = text(root, `${entry}/metadata`);
    const mtimeNs = statSync(join(root, entry), { bigint: true }).mtimeNs;
    assert.match(metadata, /^#format=1\n/);
    assert.match(metadata, /^SLOT=0\/2\.2\.7$/m);
    assert.ok(metadata.endsWith(`\n#dir_mtime=${mtimeNs}\n`));
  }
});

test('CONTENTS has modules and trees with the MD5 and time of the files as merged', () => {
  const root = laidOut({ machine: SCENARIOS['in-sync'] });
  const contents = text(root, 'var/db/pkg/sys-fs/aufs6-0_pre20230828/CONTENTS');
  assert.match(contents, /^dir \/lib\/modules\/6\.1\.192-gentoo\/misc$/m);
  const [, seconds] =
    /^obj \/lib\/modules\/6\.1\.192-gentoo\/misc\/aufs\.ko [0-9a-f]{32} (\d+)$/m.exec(contents) ?? [];
  assert.equal(Number(seconds), Math.floor(mtime(root, 'lib/modules/6.1.192-gentoo/misc/aufs.ko') / 1000));
  const sources = text(root, 'var/db/pkg/sys-kernel/gentoo-sources-6.1.192/CONTENTS');
  assert.match(sources, /^obj \/usr\/src\/linux-6\.1\.192-gentoo\/fs\/splice\.c [0-9a-f]{32} \d+$/m);
  assert.doesNotMatch(sources, /prfile|bzImage|\.o /);
});

test('the database and its categories have the time of their newest merge', () => {
  const root = laidOut();
  assert.equal(mtime(root, 'var/db/pkg'), NOW - 5 * 3_600_000);
  assert.equal(mtime(root, 'var/db/pkg/sys-fs'), NOW - 5 * 3_600_000);
  assert.ok(mtime(root, 'var/db/pkg/app-misc') < mtime(root, 'var/db/pkg/sys-fs'));
});

test('only an empty or missing directory is written to', () => {
  const directory = temporaryDirectory();
  writeFileSync(join(directory, 'mine'), 'mine');
  assert.throws(() => writeMachine(directory, SCENARIOS.story(NOW)), NotEmptyError);
  assert.match(messageOf(directory), /is not empty: name a directory/);
  assert.match(messageOf(join(directory, 'mine')), /^cannot lay out a demonstration in .*ENOTDIR/);
  assert.deepEqual(readdirSync(directory), ['mine']);
  mkdirSync(join(directory, 'empty'));
  assert.deepEqual(layOutDemo(join(directory, 'empty'), NOW), { ok: true });
  assert.equal(existsSync(join(directory, 'empty/var/db/pkg')), true);
});

test('every scenario can be written, and no file in it is from the future', () => {
  for (const [name, scenario] of Object.entries(SCENARIOS)) {
    const root = join(temporaryDirectory(), name);
    writeMachine(root, scenario(NOW));
    for (const path of readdirSync(root, { recursive: true, encoding: 'utf8' })) {
      assert.ok(lstatSync(join(root, path)).mtimeMs <= NOW, `${name}: ${path}`);
    }
  }
});

test('aufs-sources: aufs is in the tree and in modules.order, and loads', () => {
  const root = laidOut({ machine: SCENARIOS['aufs-sources'] });
  assert.match(text(root, 'usr/src/linux/include/uapi/linux/aufs_type.h'), /AUFS_VERSION\t"6\.1-20230828"/);
  assert.match(text(root, 'lib/modules/6.1.192-aufs/modules.order'), /^kernel\/fs\/aufs\/aufs\.ko$/m);
  assert.match(text(root, 'proc/modules'), /^aufs \d+ 0 - Live 0x0+$/m);
});

test('a distribution kernel has a stripped tree, and one release in all places', () => {
  const root = laidOut({ machine: SCENARIOS['distribution-kernel'] });
  const tree = 'usr/src/linux-6.1.192-gentoo-dist';
  assert.equal(text(root, `${tree}/dist-kernel`), 'sys-kernel/gentoo-kernel-6.1.192:6.1.192\n');
  assert.match(text(root, `${tree}/Makefile`), /^EXTRAVERSION = $/m);
  assert.match(text(root, `${tree}/.config`), /^CONFIG_LOCALVERSION="-gentoo-dist"$/m);
  const left = readdirSync(join(root, tree), { recursive: true, encoding: 'utf8' });
  assert.deepEqual(
    left.filter((path) => /\.[co]$|vmlinux$/.test(path)),
    [],
  );
  assert.ok(left.includes('arch/x86/boot/bzImage') && left.includes('Module.symvers'));
});

test('a build with O= leaves the sources clean', () => {
  const root = laidOut({ machine: SCENARIOS['separate-build'] });
  assert.equal(existsSync(join(root, TREE, 'fs/splice.o')), false);
  assert.ok(existsSync(join(root, 'var/tmp/kernel-build/fs/splice.o')));
  assert.equal(readlinkSync(join(root, 'var/tmp/kernel-build/source')), `/${TREE}`);
  assert.equal(readlinkSync(join(root, 'lib/modules/6.1.192-gentoo/build')), '/var/tmp/kernel-build');
});
