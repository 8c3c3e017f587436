import assert from 'node:assert/strict';
import { appendFileSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { HOUR, kernelOf, OLD_SET, releaseFor } from '../../src/demo/in-sync.ts';
import { type Build, releaseOf } from '../../src/demo/kernel.ts';
import type { Machine } from '../../src/demo/machine.ts';
import { type KernelModule, moduleFile, plainModule } from '../../src/demo/module.ts';
import { aufsModule, moduleIn, splModule, zfsModule } from '../../src/demo/out-of-tree.ts';
import { type Package, plainPackage } from '../../src/demo/package.ts';
import { commandText } from '../../src/model/command-text.ts';
import { NO_MEMORY } from '../../src/model/memory.ts';
import type { Snapshot } from '../../src/model/snapshot.ts';
import type { Verdict } from '../../src/model/verdict.ts';
import { loadAnswer } from '../../src/verdict/load-answer.ts';
import { assess } from '../../src/verdict/situation.ts';
import { judged, NOW, type Scene } from '../support/machines.ts';
import { builtElsewhere, IN_SYNC, withoutPackage } from './catalogue/changes.ts';

/**
 * Machines with several kernels: modules that Portage leaves for the older one, and those that the newer one has
 * itself.
 */

const OLDER = '6.1.191-gentoo';
const NEWER = '6.1.192-gentoo';

test('Portage leaves the modules of the older kernel, and they load when it boots', async () => {
  const older = olderKernel();
  const releases = IN_SYNC.releases.map((release) =>
    releaseOf(release.kernel) === OLDER
      ? {
          ...release,
          unowned: [
            ...release.unowned,
            moduleIn('extra', splModule(older), older.at),
            moduleIn('extra', zfsModule(older), older.at),
          ],
        }
      : release,
  );
  const boot = { ...IN_SYNC.boot, links: { vmlinuz: `vmlinuz-${OLDER}` } };
  const { verdict, snapshot } = await judged({ machine: { ...IN_SYNC, releases, boot } });
  assert.deepEqual(codesOf(verdict, /^module-|depmod/), []);
  assert.deepEqual(loadsNext(snapshot, 'zfs'), {
    is: 'yes',
    why: `/lib/modules/${OLDER}/extra/zfs.ko loads`,
  });
  assert.deepEqual(loadsNext(snapshot, 'aufs').is, 'yes');
});

test('files of a kernel that was removed are leftovers, and need no depmod', async () => {
  const gone = kernelOf('6.1.170', 1, NOW - 300 * HOUR, null);
  const left = {
    ...releaseFor(gone),
    depmod: 'missing',
    unowned: [moduleIn('misc', aufsModule(OLD_SET, gone), gone.at)],
  } as const;
  const { verdict } = await judged({ machine: { ...IN_SYNC, releases: [...IN_SYNC.releases, left] } });
  assert.deepEqual(codesOf(verdict, /depmod|leftover/), [
    'module-leftover /lib/modules/6.1.170-gentoo/misc/aufs.ko',
  ]);
});

test('a driver of a package that the newer kernel has itself, as a module or built in, is not missing', async () => {
  const older = olderKernel();
  const owned = moduleIn('net', plainModule('wireguard', older), older.at);
  const machine: Machine = {
    ...IN_SYNC,
    packages: [...IN_SYNC.packages, builderOf('wireguard-modules', [owned])],
  };
  const { verdict: without } = await judged({ machine });
  assert.deepEqual(codesOf(without, /^module-missing/), ['module-missing wireguard on 6.1.192-gentoo']);

  const inTree = 'kernel/drivers/net/wireguard/wireguard.ko';
  const asModule = await judged({
    machine,
    change: withModule(NEWER, inTree, { ...plainModule('wireguard', newerKernel()), inTree: true }),
  });
  assert.deepEqual(codesOf(asModule.verdict, /^module-/), []);
  assert.equal(loadsNext(asModule.snapshot, 'wireguard').why, `/lib/modules/${NEWER}/${inTree} loads`);

  const builtIn = await judged({
    machine,
    change: (root) => appendFileSync(join(root, `/lib/modules/${NEWER}/modules.builtin`), `${inTree}\n`),
  });
  assert.deepEqual(codesOf(builtIn.verdict, /^module-/), []);
  assert.deepEqual(loadsNext(builtIn.snapshot, 'wireguard'), { is: 'yes', why: 'wireguard is built in' });
});

test('a file of a built-in module is never loaded, even if the kernel would refuse it', async () => {
  const machine = builtElsewhere('zfs-kmod');
  const { verdict: without } = await judged({ machine });
  assert.notDeepEqual(codesOf(without, /^module-will-not-load/), []);
  const change = (root: string): void => {
    const lines = ['spl', 'zfs'].map((name) => `kernel/fs/zfs/${name}.ko\n`).join('');
    appendFileSync(join(root, `/lib/modules/${NEWER}/modules.builtin`), lines);
  };
  const { verdict, snapshot } = await judged({ machine, change });
  assert.deepEqual(codesOf(verdict, /^module-will-not-load/), []);
  assert.deepEqual(loadsNext(snapshot, 'zfs'), { is: 'yes', why: 'zfs is built in' });
});

test('a module may need one that no package installed', async () => {
  const kernel = newerKernel();
  const taker = { ...plainModule('taker', kernel), depends: ['given'], imports: ['kfree', 'given_by_hand'] };
  const giver = { ...plainModule('given', kernel), exports: [{ name: 'given_by_hand', gplOnly: false }] };
  const releases = IN_SYNC.releases.map((release) =>
    releaseOf(release.kernel) === NEWER
      ? { ...release, unowned: [moduleIn('updates/own', giver, kernel.at)] }
      : release,
  );
  const packages = [...IN_SYNC.packages, builderOf('taker', [moduleIn('extra', taker, kernel.at)])];
  const { verdict, snapshot } = await judged({ machine: { ...IN_SYNC, packages, releases } });
  assert.equal(loadsNext(snapshot, 'taker').why, `/lib/modules/${NEWER}/extra/taker.ko loads`);
  assert.deepEqual(codesOf(verdict, /^module-/), []);
});

test('after a depclean of the sources, modules are judged by the files that stay', async () => {
  const machine: Machine = { ...IN_SYNC, boot: { ...IN_SYNC.boot, links: { vmlinuz: `vmlinuz-${OLDER}` } } };
  const change = (root: string): void => {
    const tree = join(root, `usr/src/linux-${OLDER}`);
    for (const path of ['Makefile', 'fs/splice.c', 'mm/mmap.c', 'kernel/fork.c', 'fs/Kconfig'])
      rmSync(join(tree, path), { force: true });
  };
  const { snapshot, verdict } = await judged({ machine, change });
  assert.deepEqual(loadsNext(snapshot, 'aufs').is, 'yes');
  assert.ok(!verdict.plan.some((step) => commandText(step)?.includes(OLDER)), JSON.stringify(verdict.plan));
});

test('without its build the exports of a kernel’s modules are unknown, and depmod’s index shows them', async () => {
  const kernel = newerKernel();
  const card = { ...plainModule('card', kernel), depends: ['drm'], imports: ['kfree', 'drm_open'] };
  const plain = withoutPackage('aufs6', withoutPackage('zfs-kmod', withoutPackage('docker')));
  const machine: Machine = {
    ...plain,
    docker: null,
    packages: [...plain.packages, builderOf('card', [moduleIn('video', card, kernel.at)])],
    trees: [],
    selected: null,
  };
  const drm: KernelModule = {
    ...plainModule('drm', kernel),
    inTree: true,
    exports: [{ name: 'drm_open', gplOnly: false }],
  };
  const place = withModule(NEWER, 'kernel/drivers/gpu/drm/drm.ko', drm);
  const index =
    (text: string) =>
    (root: string): void => {
      place(root);
      writeFileSync(join(root, `/lib/modules/${NEWER}/modules.symbols`), text);
    };
  const there = await judged({
    machine,
    change: index('# Aliases for symbols, used by symbol_request().\nalias symbol:drm_open drm\n'),
  });
  assert.deepEqual(codesOf(there.verdict, /^module-will/), []);
  assert.equal(loadsNext(there.snapshot, 'card').is, 'unknown');

  const nowhere = await judged({
    machine,
    change: index('# Aliases for symbols, used by symbol_request().\nalias symbol:drm_close drm\n'),
  });
  // An earlier check may refuse it with another message, so this is not a message of the kernel.
  assert.match(loadsNext(nowhere.snapshot, 'card').why, /nothing exports drm_open, which it needs$/);

  const { snapshot, verdict } = await judged({ machine, change: place });
  assert.equal(loadsNext(snapshot, 'card').is, 'unknown');
  assert.deepEqual(codesOf(verdict, /^module-will/), []);
});

test('a loaded module does not make its exports those of the kernel', async () => {
  const machine: Machine = { ...IN_SYNC, trees: [], selected: null };
  const change = (root: string): void => {
    const path = join(root, '/proc/kallsyms');
    appendFileSync(path, '0000000000000000 r __ksymtab_spl_kmem_alloc\t[spl]\n');
    rmSync(join(root, '/boot'), { recursive: true });
    mkdirSync(join(root, '/boot'));
  };
  const { snapshot } = await judged({ machine, change });
  const { running } = assess(snapshot, NO_MEMORY);
  assert.ok(running.abi.exports.known);
  assert.doesNotMatch(loadAnswer(running, 'spl').why, /duplicate/);
});

function olderKernel(): Build {
  return kernelAt(OLDER);
}

function newerKernel(): Build {
  return kernelAt(NEWER);
}

function kernelAt(release: string): Build {
  const found = IN_SYNC.releases.find(({ kernel }) => releaseOf(kernel) === release);
  assert.ok(found !== undefined);
  return found.kernel;
}

function builderOf(name: string, modules: Package['modules']): Package {
  return {
    ...plainPackage('app-misc', name, '1.0', NOW - HOUR),
    inherited: ['linux-mod-r1'],
    counter: 20,
    modules,
  };
}

/** A module of a release, installed by hand and known to depmod. */
function withModule(
  release: string,
  path: string,
  module: KernelModule,
): Exclude<Scene['change'], undefined> {
  return (root) => {
    const directory = join(root, '/lib/modules', release);
    mkdirSync(dirname(join(directory, path)), { recursive: true });
    writeFileSync(join(directory, path), moduleFile(module));
    appendFileSync(join(directory, 'modules.dep'), `${path}:\n`);
    if (module.inTree) appendFileSync(join(directory, 'modules.order'), `${path}\n`);
  };
}

function codesOf({ findings }: Verdict, pattern: RegExp): string[] {
  return findings.map(({ code, subject }) => `${code} ${subject}`).filter((text) => pattern.test(text));
}

function loadsNext(snapshot: Snapshot, name: string): { is: string; why: string } {
  const { next } = assess(snapshot, NO_MEMORY);
  assert.ok(next !== null);
  const { is, why } = loadAnswer(next, name);
  return { is, why };
}

test('without Portage’s database the owner of a module is unknown, so it is no leftover', async () => {
  const change = (root: string): void => rmSync(join(root, 'var/db/pkg'), { recursive: true });
  const { verdict } = await judged({ machine: withoutPackage('aufs6'), change });
  assert.ok(!verdict.findings.some(({ code }) => code === 'module-leftover'));
});
