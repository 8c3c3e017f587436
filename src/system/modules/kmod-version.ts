import { type Fact, known, unknown } from '../../model/fact.ts';
import type { Root } from '../root.ts';

const VDB = '/var/db/pkg/sys-apps';
const LIBRARIES = [
  '/usr/lib64',
  '/lib64',
  '/usr/lib',
  '/lib',
  '/usr/lib/x86_64-linux-gnu',
  '/usr/lib/aarch64-linux-gnu',
];

/**
 * Does kmod pass a compressed module to a kernel that can decompress it? Since version 31 it does (its NEWS); before,
 * it decompressed all itself. The version is that of the package, else of the library (libkmod.so.2.4.0 is version
 * 30).
 */
export function kmodHandsOver(root: Root): Fact<boolean> {
  const packages = root.list(VDB);
  for (const name of packages.known ? packages.value : []) {
    const version = /^kmod-(\d+)/.exec(name)?.[1];
    if (version !== undefined) return known(Number(version) >= 31);
  }
  for (const directory of LIBRARIES) {
    const names = root.list(directory);
    for (const name of names.known ? names.value : []) {
      const version = /^libkmod\.so\.2\.(\d+)\.(\d+)$/.exec(name);
      if (version === null) continue;
      const [minor, patch] = [Number(version[1]), Number(version[2])];
      return known(minor > 4 || (minor === 4 && patch >= 1));
    }
  }
  return unknown('no-data', 'the version of kmod is not known');
}
