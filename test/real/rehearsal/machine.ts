import { execFileSync } from 'node:child_process';
import { copyFileSync, cpSync, existsSync, mkdirSync, readdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import type { DebianKernel } from '../../support/debian-kernels.ts';
import { debianHeaders } from '../../support/debian-kernels.ts';
import { writePackage } from '../kernel/package.ts';
import type { Candidate } from './out-of-tree.ts';

/** Writes a Debian kernel in the form of Gentoo: its image in /boot, its modules, and these as a package's own. */
export function layOutKernel(
  root: string,
  { release, root: unpacked }: DebianKernel,
  modules: readonly Candidate[],
): void {
  const directory = join(root, 'lib/modules', release);
  // Without efi/ the firmware is a BIOS: signatures are not enforced.
  for (const place of ['boot', 'lib/modules', 'usr/src', 'sys/firmware'])
    mkdirSync(join(root, place), { recursive: true });
  for (const name of [`vmlinuz-${release}`, `System.map-${release}`, `config-${release}`])
    copyFileSync(join(unpacked, 'boot', name), join(root, 'boot', name));
  execFileSync('cp', ['-a', '--reflink=auto', join(unpacked, 'lib/modules', release), directory]);
  const headers = `/usr/src/linux-headers-${release}`;
  cpSync(debianHeaders(release), join(root, headers), { recursive: true, verbatimSymlinks: true });
  symlinkSync(headers, join(directory, 'build'));
  mkdirSync(join(directory, 'updates'));
  for (const module of modules) copyFileSync(module.path, join(directory, 'updates', fileName(module)));
  execFileSync('depmod', ['-b', root, release], { timeout: 300_000 });
  writePackage(root, {
    category: 'sys-kernel',
    pf: 'rehearsed-1',
    inherited: 'linux-mod-r1',
    contents: modules.map(
      (module) =>
        `obj /lib/modules/${release}/updates/${fileName(module)} d41d8cd98f00b204e9800998ecf8427e 1`,
    ),
    counter: 1,
  });
}

/** A kernel's own module of this name. */
export function inTree(kernel: DebianKernel, name: string): Candidate {
  const found = allInTree(kernel).find((each) => each.name === name);
  if (found === undefined) throw new Error(`${kernel.release} has no module ${name}`);
  return found;
}

/** Some of a kernel's own modules, chosen evenly, without those of these names. */
export function someInTree(kernel: DebianKernel, count: number, without: ReadonlySet<string>): Candidate[] {
  const all = allInTree(kernel).filter(({ name }) => !without.has(name));
  const step = Math.max(1, Math.floor(all.length / count));
  return all.filter((_, index) => index % step === 0).slice(0, count);
}

function allInTree({ release, root }: DebianKernel): Candidate[] {
  const directory = join(root, 'lib/modules', release, 'kernel');
  if (!existsSync(directory)) return [];
  return readdirSync(directory, { recursive: true, encoding: 'utf8' })
    .filter((path) => KO.test(path))
    .sort()
    .map((path) => ({ name: nameOf(path), path: join(directory, path), madeFor: release }));
}

/** Debian compresses those of 6.12 with xz. */
const KO = /\.ko(?:\.xz)?$/;

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1).replace(KO, '');
}

/** Its name in the machine: a compressed file stays compressed. */
function fileName({ name, path }: Candidate): string {
  return `${name}${KO.exec(path)?.[0] ?? ''}`;
}
