import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { aptOptions, CACHE, downloadPackage } from './debian.ts';

/** The programs that this file needs. */
export const DEBIAN_KERNEL_TOOLS = ['apt-get', 'apt-cache', 'dpkg-deb'] as const;

/** A kernel of Debian as its package holds it, unpacked and not installed: nothing ran, not even depmod. */
export interface DebianKernel {
  /** As uname -r will have it: `6.1.0-50-amd64`. */
  readonly release: string;
  /** Holds `boot/vmlinuz-RELEASE`, `boot/config-RELEASE`, `boot/System.map-RELEASE` and `lib/modules/RELEASE`. */
  readonly root: string;
  /** The image, below `root`. */
  readonly image: string;
}

/**
 * The whole of linux-image-RELEASE. It is downloaded (70 to 110 MB) and unpacked once (400 to 700 MB, some ten seconds)
 * and kept in a cache outside of the checkout, so nobody may write there. An error where apt offers no such package.
 */
export function debianKernel(release: string): DebianKernel {
  const root = unpackedPackage(`linux-image-${release}`);
  return { release, root, image: join(root, 'boot', `vmlinuz-${release}`) };
}

/**
 * The build directory of a kernel as Debian ships it (Module.symvers, include/generated, .config): usr/src/linux-headers-
 * RELEASE of the package of that name. It has no sources and no certificates.
 */
export function debianHeaders(release: string): string {
  const name = `linux-headers-${release}`;
  return join(unpackedPackage(name), 'usr/src', name);
}

/** Does the cache have the kernel of this release, or does apt offer it now? Old ones leave the archive with time. */
export function isOffered(release: string): boolean {
  if (existsSync(unpackedAt(`linux-image-${release}`))) return true;
  const words = [...aptOptions(release), 'policy', `linux-image-${release}`];
  const text = execFileSync('apt-cache', words, { encoding: 'utf8' });
  return /^ {2}Candidate: (?!\(none\))/m.test(text);
}

/** Releases that apt offers for a series (`6.1`, `6.12`) and a flavour (`amd64`, `rt-amd64`), the newest last. */
export function offeredReleases(series: string, flavour = 'amd64'): string[] {
  const words = [...aptOptions(flavour), 'pkgnames', `linux-image-${series}`];
  const names = execFileSync('apt-cache', words, { encoding: 'utf8' });
  const form = new RegExp(
    `^linux-image-(${series.replaceAll('.', '\\.')}\\.\\d+(?:-\\d+|\\+deb\\d+))-${flavour}$`,
  );
  return names
    .split('\n')
    .flatMap((name) => form.exec(name)?.[1] ?? [])
    .map((version) => `${version}-${flavour}`)
    .filter(isOffered)
    .sort((a, b) => a.localeCompare(b, 'en', { numeric: true }));
}

/**
 * Downloads and unpacks a package of Debian without installing it, and returns the directory. Tests run in parallel: each
 * unpacks its own copy, and the first that is complete stays.
 */
export function unpackedPackage(name: string): string {
  const directory = unpackedAt(name);
  if (existsSync(directory)) return directory;
  mkdirSync(CACHE, { recursive: true });
  const work = mkdtempSync(join(CACHE, '.new-'));
  try {
    const file = downloadPackage(name, work);
    execFileSync('dpkg-deb', ['-x', file, join(work, 'root')], {
      stdio: 'pipe',
      timeout: 300_000,
    });
    moveUnlessThere(join(work, 'root'), directory);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
  return directory;
}

function unpackedAt(name: string): string {
  return join(CACHE, `whole-${name}`);
}

function moveUnlessThere(from: string, to: string): void {
  try {
    renameSync(from, to);
  } catch (error) {
    if (!existsSync(to)) throw error;
  }
}
