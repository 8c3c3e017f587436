import { dirname } from 'node:path';
import type { Disk } from './disk.ts';
import { type AppliedPatch, configText, type KernelOptions, releaseOf } from './kernel.ts';
import { TOUCHED } from './patch-set.ts';
import { rejectText, sourceText } from './source-text.ts';
import { type BuildProducts, writeBuild } from './tree-build.ts';

/** A kernel tree under /usr/src, as plain data. */
export interface SourceTree {
  /** `distribution`: stripped by the package that compiled it, no `.c` files and no objects. */
  readonly kind: 'sources' | 'distribution';
  readonly version: string;
  readonly extraversion: string;
  /** CPV of the package that installed it; null: unpacked by hand. */
  readonly owner: string | null;
  /** When its sources were merged, ms: the mtime of every file that no patch has changed since. */
  readonly mergedAt: number;
  readonly patch: TreePatch | null;
  /** `.config`; null: never configured. */
  readonly config: { readonly options: KernelOptions; readonly at: number } | null;
  /** The products of the last compilation; null: never compiled. */
  readonly build: BuildProducts | null;
}

export interface TreePatch extends AppliedPatch {
  /** When the patch was applied, ms: the mtime of every file that it changes. */
  readonly at: number;
  /** Files with a rejected hunk: they keep their old text and have a `.rej` file. */
  readonly rejected: readonly string[];
  /**
   * True if the sources were merged again since (`mergedAt`): every file of the package is the original again. Only files
   * that the patch created and no package owns are left.
   */
  readonly reverted: boolean;
}

/** A file of the tree as the package of the kernel sources installs it. */
export interface TreeFile {
  /** Relative to the tree. */
  readonly path: string;
  readonly text: string;
}

export function treePath(tree: { version: string; extraversion: string }): string {
  return `/usr/src/linux-${releaseOf(tree)}`;
}

/** Writes sources, patch, configuration and build products. */
export function writeTree(disk: Disk, tree: SourceTree): void {
  const path = treePath(tree);
  for (const file of originalFiles(tree)) disk.file(`${path}/${file.path}`, file.text, tree.mergedAt);
  if (tree.patch !== null) applyPatch(disk, tree, tree.patch);
  if (tree.config !== null) {
    // make O= refuses sources that hold a configuration, so .config is in the directory of the products.
    disk.file(`${tree.build?.output ?? path}/.config`, configText(tree, tree.config.options), tree.config.at);
  }
  if (tree.build !== null) writeBuild(disk, path, tree.build, tree.kind === 'distribution');
}

/** The files of an unpatched tree: its Makefile, and those that the patch set changes. */
export function originalFiles(tree: SourceTree): TreeFile[] {
  const paths = new Set(TOUCHED.map((file) => file.path));
  const standIns = [...paths].flatMap((path) => {
    const text = sourceText(path, []);
    return text === null ? [] : [{ path, text }];
  });
  const all = [
    { path: 'Makefile', text: makefile(tree) },
    { path: 'Kconfig', text: 'source "fs/Kconfig"\n' },
    { path: 'Kbuild', text: '# stand-in for Kbuild\n' },
    { path: 'arch/x86/Makefile', text: '# stand-in for arch/x86/Makefile\n' },
    ...standIns,
  ];
  if (tree.kind === 'sources') return all;
  const mark = {
    path: 'dist-kernel',
    text: `${tree.owner ?? 'sys-kernel/gentoo-kernel-0'}:${tree.version}\n`,
  };
  return [...all.filter((file) => !isStripped(tree, file.path)), mark];
}

function isStripped(tree: SourceTree, path: string): boolean {
  return tree.kind === 'distribution' && path.endsWith('.c');
}

/** Writes the patched files, each by renaming a new file over the old one, as patch(1) does. */
export function applyPatch(disk: Disk, tree: SourceTree, patch: TreePatch): void {
  const path = treePath(tree);
  for (const file of TOUCHED.filter(({ component }) => patch.parts.includes(component))) {
    if (isStripped(tree, file.path)) continue;
    if (patch.reverted && !file.isNew) continue;
    if (patch.rejected.includes(file.path)) {
      disk.replace(`${path}/${file.path}.rej`, rejectText(file), patch.at);
    } else {
      const text = sourceText(file.path, patch.parts);
      if (text !== null) disk.replace(`${path}/${file.path}`, text, patch.at);
    }
  }
  for (const file of ownFiles(patch)) {
    if (!isStripped(tree, file.path)) disk.replace(`${path}/${file.path}`, file.text, patch.at);
  }
}

/**
 * fs/aufs and aufs_type.h: only in trees that build aufs themselves. An ebuild that builds the module outside the tree
 * does not install them there.
 */
export function ownFiles(patch: AppliedPatch): TreeFile[] {
  if (!patch.parts.includes('kbuild')) return [];
  return [
    { path: 'fs/aufs/Kconfig', text: 'config AUFS_FS\n\ttristate "aufs (stand-in)"\n' },
    { path: 'fs/aufs/Makefile', text: 'obj-$(CONFIG_AUFS_FS) += aufs.o\n' },
    { path: 'fs/aufs/super.c', text: '/* stand-in for fs/aufs/super.c */\n' },
    { path: 'include/uapi/linux/aufs_type.h', text: `#define AUFS_VERSION\t"${patch.set}"\n` },
  ];
}

/** EXTRAVERSION is the part of the release that does not come from CONFIG_LOCALVERSION. */
function makefile(tree: SourceTree): string {
  const local = tree.config?.options.LOCALVERSION?.replaceAll('"', '') ?? '';
  const suffix = tree.extraversion;
  const extraversion = suffix.endsWith(local) ? suffix.slice(0, suffix.length - local.length) : suffix;
  const [version = '0', patchlevel = '0', sublevel = '0'] = tree.version.split('.');
  return `# SPDX-License-Identifier: GPL-2.0
VERSION = ${version}
PATCHLEVEL = ${patchlevel}
SUBLEVEL = ${sublevel}
EXTRAVERSION = ${extraversion}
NAME = Stand-in
`;
}

/** Directories of the tree that hold files of its package, for CONTENTS. */
export function treeDirectories(tree: SourceTree): string[] {
  const directories = new Set<string>();
  for (const file of originalFiles(tree)) {
    for (let path = dirname(`${treePath(tree)}/${file.path}`); path !== '/'; path = dirname(path)) {
      directories.add(path);
    }
  }
  return [...directories].sort();
}
