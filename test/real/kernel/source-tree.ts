import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { BENCH, SOURCE_PACKAGE, TREE_IN_WORKSHOP, WORKSHOP } from './cache.ts';
import { type KernelVariant, PATCHES } from './variants.ts';

/** The kernel sources in the workshop; unpacked again if they exist. */
export function unpackSources(): string {
  return unpackTree(join(WORKSHOP, TREE_IN_WORKSHOP));
}

/**
 * The kernel sources of Debian's package, unpacked into a new directory, with the patch that lets User-mode Linux run
 * on any processor.
 */
export function unpackTree(directory: string): string {
  rmSync(directory, { recursive: true, force: true });
  mkdirSync(directory, { recursive: true });
  execFileSync('tar', ['-xf', SOURCE_PACKAGE, '-C', directory, '--strip-components=1'], { timeout: 300_000 });
  cpSync(join(BENCH, 'uml.defconfig'), join(directory, 'arch/um/configs/aw_defconfig'));
  applyPatch(directory, join(BENCH, 'patches/um-xstate.patch'), 'forward');
  return directory;
}

/** Applies the patches of a kernel to the tree, and reverses the others, with `patch`. */
export function setPatches(tree: string, { patched, builtin, lenient = false }: KernelVariant): void {
  const isPatched = existsSync(join(tree, 'mm/prfile.c'));
  if (patched && !isPatched) applyPatches(tree, PATCHES, 'forward');
  if (!patched && isPatched) applyPatches(tree, PATCHES.toReversed(), 'reverse');
  const isLenient = readFileSync(join(tree, 'kernel/module/version.c'), 'utf8').includes('pr_warn_once');
  if (lenient !== isLenient)
    applyPatch(tree, join(BENCH, 'patches/linux-versions.patch'), lenient ? 'forward' : 'reverse');
  const isBuiltin = existsSync(join(tree, 'fs/aufs'));
  if (builtin === isBuiltin) return;
  applyPatches(tree, ['kbuild'], builtin ? 'forward' : 'reverse');
  if (!builtin) {
    rmSync(join(tree, 'fs/aufs'), { recursive: true });
    return;
  }
  cpSync(join(BENCH, 'builtin'), join(tree, 'fs/aufs'), { recursive: true });
  cpSync(join(BENCH, 'modules/aufs.c'), join(tree, 'fs/aufs/aufs.c'));
}

type Direction = 'forward' | 'reverse';

export function applyPatches(tree: string, names: readonly string[], direction: Direction): void {
  for (const name of names) applyPatch(tree, patchFile(name), direction);
}

function applyPatch(tree: string, file: string, direction: Direction): void {
  const words = direction === 'reverse' ? ['-R'] : [];
  execFileSync('patch', [...words, '-p1', '--force', '--silent', '-i', file], { cwd: tree, timeout: 60_000 });
}

export function patchFile(name: string): string {
  return join(BENCH, `patches/aufs6-${name}.patch`);
}
