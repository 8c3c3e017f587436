import type { ReleaseModules } from '../../model/module.ts';
import type { Root } from '../root.ts';

/**
 * The build directories of a tree: the tree itself if something was built or prepared there, then each O= directory
 * that a release under /lib/modules leads to, sorted. Never empty: a tree without builds is its own (empty) build
 * directory.
 */
export function buildDirectories(
  root: Root,
  tree: string,
  releases: readonly Pick<ReleaseModules, 'build' | 'source'>[],
): readonly string[] {
  const outside = new Set<string>();
  for (const { build, source } of releases) {
    if (build !== null && build !== tree && isBuiltFrom(root, build, source, tree)) outside.add(build);
  }
  const directories = [...outside].sort();
  return directories.length === 0 || isConfigured(root, tree) ? [tree, ...directories] : directories;
}

/** kbuild creates a symlink `source` in an O= directory (outputmakefile); the module directory has one too. */
function isBuiltFrom(root: Root, build: string, source: string | null, tree: string): boolean {
  const own = root.resolve(`${build}/source`);
  if (own.known) return own.value === tree;
  return source === tree && root.stat(build).known;
}

/** The first make with a configuration creates include/config, and `make mrproper` removes it. */
function isConfigured(root: Root, tree: string): boolean {
  const stat = root.stat(`${tree}/include/config`);
  return stat.known && stat.value.type === 'directory';
}
