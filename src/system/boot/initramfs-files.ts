import type { Loader } from '../../model/boot.ts';
import type { Root } from '../root.ts';

/** The names that dracut, ugrd, genkernel, mkinitcpio and Debian give to an initramfs. */
const NAME = /^(?:initramfs|initrd)[-._].+|^initrd\.img-.+/;
const BESIDE = /\.(?:sig|old|bak|tmp|new|sha\d+|md5|txt|conf)$/;

/** Initramfs files: those that loaders name, and those in these directories that have such a name. */
export function findInitramfs(
  root: Root,
  directories: readonly string[],
  loaders: readonly Loader[],
): string[] {
  const named = loaders.flatMap(({ entries }) =>
    entries.flatMap(({ starts }) =>
      starts.what === 'kernel' ? starts.initrds.flatMap(({ path }) => (path.known ? [path.value] : [])) : [],
    ),
  );
  const beside = directories.flatMap((directory) => {
    const names = root.list(directory);
    if (!names.known) return [];
    return names.value
      .filter((name) => NAME.test(name) && !BESIDE.test(name))
      .map((name) => `${directory}/${name}`);
  });
  const real = [...named, ...beside].flatMap((path) => {
    const found = root.resolve(path);
    return found.known ? [found.value] : [];
  });
  return [...new Set(real)].sort().slice(0, FILES_MAX);
}

const FILES_MAX = 64;
