import type { Disk } from '../../../src/demo/disk.ts';
import type { LogEntry } from '../../../src/demo/logs.ts';
import { COUNTER_FILE, highestCounter, type Machine, ownedModules } from '../../../src/demo/machine.ts';
import { cpvOf, type Package } from '../../../src/demo/package.ts';
import { placedPath, writePlaced } from '../../../src/demo/placed-module.ts';
import { type ReleaseDirectory, runDepmod } from '../../../src/demo/release.ts';
import { applyPatch, type SourceTree, type TreePatch } from '../../../src/demo/tree.ts';
import { treesOf, VDB, vdbPath, writeVdbEntry } from '../../../src/demo/vdb.ts';
import { act, treeAt, withTree } from './act.ts';
import { appendLog } from './append-log.ts';
import { removeBrought, restoreOriginals } from './tree-patches.ts';

/**
 * Merges a package in the order that Portage does: files, `-MERGING-PF`, removal of the old instance, rename, times of
 * category and database, counter, depmod, log. It replaces an installed package of the same name and slot. Kernel
 * sources restore the files of their tree, as a merge of the same version does. Returns the machine after it.
 */
export function mergePackage(directory: string, machine: Machine, wanted: Package): Machine {
  const at = wanted.mergedAt;
  const pkg: Package = { ...wanted, counter: highestCounter(machine.packages) + 1 };
  const old = machine.packages.find((other) => sameSlot(other, pkg)) ?? null;
  const replaces = old === null ? null : cpvOf(old);
  const entry: LogEntry = { what: 'merged', cpv: cpvOf(pkg), at, binary: pkg.binary, replaces };
  const next: Machine = {
    ...withoutPackage(machine, old, pkg),
    now: at,
    trees: machine.trees.map((tree) => (tree.owner === cpvOf(pkg) ? mergedAgain(tree, at) : tree)),
    log: [...machine.log, entry],
  };
  act(directory, (disk) => {
    const trees = treesOf(pkg, next.trees);
    for (const tree of trees) restoreOriginals(disk, tree, at);
    for (const file of pkg.files) disk.replace(file.path, file.text, at);
    for (const file of pkg.modules) writePlaced(disk, file);
    const merging = `${VDB}/${pkg.category}/-MERGING-${pkg.name}-${pkg.version}`;
    writeVdbEntry(disk, merging, pkg, trees, machine.vdb);
    if (replaces === cpvOf(pkg)) disk.remove(vdbPath(pkg), at);
    disk.rename(merging, vdbPath(pkg), at);
    if (old !== null && replaces !== cpvOf(pkg)) removeInstance(disk, old, pkg, at);
    bump(disk, pkg.category, at);
    disk.replace(COUNTER_FILE, String(pkg.counter), at);
    for (const release of next.releases) depmodAfter(disk, next, release, pkg, at);
    appendLog(disk, entry);
  });
  return next;
}

/**
 * Removes a package. Its modules stay, as with UNINSTALL_IGNORE="/lib/modules/*", and the counter is not written.
 * Returns the machine after it.
 */
export function removePackage(directory: string, machine: Machine, cpv: string, at: number): Machine {
  const pkg = machine.packages.find((other) => cpvOf(other) === cpv);
  if (pkg === undefined) throw new Error(`no package ${cpv} in this demonstration`);
  const entry: LogEntry = { what: 'unmerged', cpv, at };
  act(directory, (disk) => {
    removeInstance(disk, pkg, null, at);
    bump(disk, pkg.category, at);
    appendLog(disk, entry);
  });
  return { ...withoutPackage(machine, pkg, null), now: at, log: [...machine.log, entry] };
}

/** Applies the patch set to a tree as patch(1) does. Returns the machine after it. */
export function patchTree(directory: string, machine: Machine, path: string, patch: TreePatch): Machine {
  const tree = treeAt(machine, path);
  act(directory, (disk) => applyPatch(disk, tree, patch));
  return withTree(machine, tree, { ...tree, patch }, patch.at);
}

/** Reverses the patch set in a tree as `patch -R` does. Returns the machine after it. */
export function unpatchTree(directory: string, machine: Machine, path: string, at: number): Machine {
  const tree = treeAt(machine, path);
  const patch = tree.patch;
  if (patch === null) return machine;
  act(directory, (disk) => {
    restoreOriginals(disk, tree, at, patch.parts);
    removeBrought(disk, tree, patch, at);
  });
  return withTree(machine, tree, { ...tree, patch: null }, at);
}

function sameSlot(one: Package, other: Package): boolean {
  const slot = (pkg: Package): string => pkg.slot.split('/')[0] ?? '';
  return one.category === other.category && one.name === other.name && slot(one) === slot(other);
}

function mergedAgain(tree: SourceTree, at: number): SourceTree {
  return { ...tree, mergedAt: at, patch: tree.patch === null ? null : { ...tree.patch, reverted: true } };
}

/** The machine with `pkg` in place of `old`. Modules of the old one that are not overwritten have no owner now. */
function withoutPackage(machine: Machine, old: Package | null, pkg: Package | null): Machine {
  const overwritten = new Set(pkg?.modules.map(placedPath));
  const others = machine.packages.filter((other) => other !== old);
  return {
    ...machine,
    packages: pkg === null ? others : [...others, pkg],
    releases: machine.releases.map((release) => {
      const left = old === null ? [] : ownedModules([old], release);
      return {
        ...release,
        unowned: [...release.unowned, ...left].filter((file) => !overwritten.has(placedPath(file))),
      };
    }),
  };
}

function removeInstance(disk: Disk, old: Package, replacement: Package | null, at: number): void {
  const kept = new Set(replacement?.files.map((file) => file.path));
  for (const file of old.files) if (!kept.has(file.path)) disk.remove(file.path, at);
  disk.remove(vdbPath(old), at);
}

/** Portage updates both times after every change, for programs that cache the database. */
function bump(disk: Disk, category: string, at: number): void {
  disk.setTime(`${VDB}/${category}`, at);
  disk.setTime(VDB, at);
}

/** linux-mod's pkg_postinst runs depmod for the kernel that the modules are for. */
function depmodAfter(
  disk: Disk,
  machine: Machine,
  release: ReleaseDirectory,
  pkg: Package,
  at: number,
): void {
  if (ownedModules([pkg], release).length === 0) return;
  runDepmod(disk, release, [...release.unowned, ...ownedModules(machine.packages, release)], at);
}
