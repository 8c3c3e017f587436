import { type Fact, known, unknown } from '../../model/fact.ts';
import { MIB } from '../open-file.ts';
import type { Root } from '../root.ts';

/** Since 5.19, and before. */
const SOURCES = ['kernel/module/version.c', 'kernel/module.c'];

/**
 * Does the kernel accept a module whose version table lacks a symbol? check_version() of Linux refused it up to 4.8;
 * since then it warns once and accepts it, but some distributions still refuse it. So the sources are read: the value
 * that the function returns after the warning.
 */
export function readVersionGaps(root: Root, tree: string | null, release: Fact<string>): Fact<boolean> {
  for (const name of tree === null ? [] : SOURCES) {
    const text = root.readText(`${tree}/${name}`, MIB);
    const returned = text.known
      ? /no symbol version for[^;]{0,200};\s{0,40}return (0|1);/.exec(text.value)?.[1]
      : undefined;
    if (returned !== undefined) return known(returned === '1');
  }
  const version = release.known ? /^(\d+)\.(\d+)/.exec(release.value) : null;
  if (version !== null && isBefore4_9(Number(version[1]), Number(version[2]))) return known(false);
  return unknown('no-data', 'the sources that would tell are not at hand');
}

function isBefore4_9(major: number, minor: number): boolean {
  return major < 4 || (major === 4 && minor < 9);
}
