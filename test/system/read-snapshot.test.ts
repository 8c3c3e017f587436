import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { writeImage } from '../../src/demo/boot.ts';
import { inSync, NEW_SET } from '../../src/demo/in-sync.ts';
import { type Machine, writeMachine } from '../../src/demo/machine.ts';
import { cpvOf, type Package, plainPackage } from '../../src/demo/package.ts';
import { ALL_PARTS, PARTS, type Part } from '../../src/model/part.ts';
import type { Snapshot } from '../../src/model/snapshot.ts';
import { act, treeAt } from '../support/demo/act.ts';
import { boot, buildKernel, builtKernel, installKernel, selectTree } from '../support/demo/act-kernel.ts';
import { mergePackage, patchTree, removePackage, unpatchTree } from '../support/demo/act-portage.ts';
import { rebuiltPackage } from '../support/demo/rebuilt.ts';
import { SCENARIOS } from '../support/demo/scenarios.ts';
import { NOW, read } from '../support/machines.ts';
import { temporaryDirectory } from '../support/temporary.ts';

const TREE = '/usr/src/linux-6.1.192-gentoo';
const IMAGE = 'vmlinuz-6.1.192-gentoo';

interface Action {
  readonly name: string;
  /** The parts that the watcher reports as possibly old after it; among them everything that must be noticed. */
  readonly parts: readonly Part[];
  run(root: string, machine: Machine, at: number): Machine;
}

function packageNamed(machine: Machine, name: string): Package {
  const pkg = machine.packages.find((candidate) => candidate.name === name);
  assert.ok(pkg !== undefined);
  return pkg;
}

const ACTIONS: readonly Action[] = [
  {
    name: 'merge of the same sources',
    parts: ['portage', 'sources'],
    run: (root, machine, at) =>
      mergePackage(root, machine, {
        ...packageNamed(machine, 'gentoo-sources'),
        version: '6.1.192',
        slot: '6.1.192',
        mergedAt: at,
      }),
  },
  {
    name: 'patch',
    parts: ['sources'],
    run: (root, machine, at) =>
      patchTree(root, machine, TREE, { ...NEW_SET, at, rejected: ['mm/mmap.c'], reverted: false }),
  },
  { name: 'unpatch', parts: ['sources'], run: (root, machine, at) => unpatchTree(root, machine, TREE, at) },
  { name: 'build', parts: ['sources'], run: (root, machine, at) => buildKernel(root, machine, TREE, at) },
  {
    name: 'install',
    parts: ['boot', 'modules'],
    run: (root, machine, at) => installKernel(root, machine, TREE, at),
  },
  {
    name: 'module rebuilt',
    parts: ['portage', 'modules'],
    run: (root, machine, at) =>
      mergePackage(
        root,
        machine,
        rebuiltPackage(packageNamed(machine, 'aufs6'), builtKernel(treeAt(machine, TREE)), at),
      ),
  },
  // The entry that the last boot started is evidence for the boot loader as well.
  { name: 'boot', parts: ['boot', 'running'], run: (root, machine, at) => boot(root, machine, IMAGE, at) },
  {
    name: 'other sources selected',
    parts: ['sources'],
    run: (root, machine, at) => selectTree(root, machine, '/usr/src/linux-6.1.191-gentoo', at),
  },
  {
    name: 'package removed',
    parts: ['portage'],
    run: (root, machine, at) => removePackage(root, machine, cpvOf(packageNamed(machine, 'zfs-kmod')), at),
  },
  {
    name: 'docker removed',
    parts: ['portage'],
    run: (root, machine, at) => removePackage(root, machine, cpvOf(packageNamed(machine, 'docker')), at),
  },
  {
    name: 'a package that does not matter here',
    parts: ['portage'],
    run: (root, machine, at) => mergePackage(root, machine, plainPackage('app-misc', 'cowsay', '3.04', at)),
  },
];

test('after each action, reading the reported parts gives the same as reading everything', async () => {
  const root = join(temporaryDirectory(), 'root');
  let machine: Machine = SCENARIOS.story(NOW);
  writeMachine(root, machine);
  let snapshot = await read(root);
  for (const [index, action] of ACTIONS.entries()) {
    const at = NOW + (index + 1) * 60_000;
    machine = action.run(root, machine, at);
    const whole = await read(root, undefined, at);
    assert.notDeepEqual(withoutTime(whole), withoutTime(snapshot), `${action.name} changes nothing`);
    const partly = await read(root, { snapshot, parts: new Set(action.parts) }, at);
    assert.deepEqual(partly, whole, action.name);
    snapshot = whole;
  }
});

for (const action of ACTIONS) {
  test(`${action.name}: each part that is read again equals a full reading, and the others are unchanged`, async () => {
    const root = join(temporaryDirectory(), 'root');
    const machine = inSync(NOW);
    writeMachine(root, machine);
    const before = await read(root);
    const at = NOW + 60_000;
    action.run(root, machine, at);
    const whole = await read(root, undefined, at);
    for (const part of PARTS) {
      const after = await read(root, { snapshot: before, parts: new Set([part]) }, at);
      assert.equal(after.takenAt, at);
      if (part !== 'portage' && !dependsOnPortage(part)) assert.deepEqual(after[part], whole[part], part);
      if (part === 'portage') assert.deepEqual(after.portage, whole.portage);
      for (const other of PARTS) {
        const isOld = JSON.stringify(after[other]) === JSON.stringify(before[other]);
        const isNew = JSON.stringify(after[other]) === JSON.stringify(whole[other]);
        assert.ok(
          isOld || isNew || together(part, other),
          `${part} read again: ${other} is neither old nor new`,
        );
      }
    }
    assert.deepEqual(await read(root, { snapshot: before, parts: ALL_PARTS }, at), whole);
  });
}

test('other parts are not read again, as if the machine had not changed', async () => {
  const root = join(temporaryDirectory(), 'root');
  const machine = inSync(NOW);
  writeMachine(root, machine);
  const before = await read(root);
  buildKernel(root, machine, TREE, NOW + 60_000);
  const after = await read(root, { snapshot: before, parts: new Set<Part>() }, NOW + 60_000);
  assert.deepEqual(withoutTime(after), withoutTime(before));
});

test('an image copied into /boot by hand is read with its System.map', async () => {
  const root = join(temporaryDirectory(), 'root');
  const machine = inSync(NOW);
  const [image] = machine.boot.images.filter(({ name }) => name.includes('191'));
  assert.ok(image !== undefined);
  const images = machine.boot.images.filter((other) => other !== image);
  const trees = machine.trees.filter(({ version }) => version !== '6.1.191');
  writeMachine(root, { ...machine, trees, boot: { ...machine.boot, images } });
  const before = await read(root);
  act(root, (disk) => writeImage(disk, image));
  const after = await read(root, { snapshot: before, parts: new Set<Part>(['boot']) });
  assert.deepEqual(after, await read(root));
  assert.ok(after.modules.find(({ release }) => release === '6.1.191-gentoo')?.abi.exports.known);
});

test('problems are kept when other parts are read', async () => {
  const root = join(temporaryDirectory(), 'root');
  writeMachine(root, { ...inSync(NOW), files: { '/etc/docker/daemon.json': '{ "storage-driver": ' } });
  const before = await read(root);
  assert.ok(before.problems.length > 0);
  for (const part of PARTS) {
    const after = await read(root, { snapshot: before, parts: new Set([part]) });
    assert.deepEqual(after.problems, before.problems, part);
  }
});

function withoutTime(snapshot: Snapshot): Snapshot {
  return { ...snapshot, takenAt: 0 };
}

/** Sources, modules and the running kernel are compared with each other and with the files of packages. */
function dependsOnPortage(part: Part): boolean {
  return part === 'sources' || part === 'modules' || part === 'running' || part === 'docker';
}

function together(part: Part, other: Part): boolean {
  return part !== 'boot' && part !== 'docker' && dependsOnPortage(other);
}
