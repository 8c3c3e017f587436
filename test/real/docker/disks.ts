import { execFileSync } from 'node:child_process';
import { closeSync, ftruncateSync, mkdirSync, openSync } from 'node:fs';
import { join } from 'node:path';
import type { Disk } from './configuration.ts';

export const DISK_TOOLS = [
  'mkfs.ext4',
  'mkfs.btrfs',
  'mkfs.xfs',
  'xfs_info',
  'dumpe2fs',
  'losetup',
  'mount',
] as const;

const MIB = 1024 ** 2;

/** Size, and the command that makes the file system. Files are sparse. */
const MADE: Readonly<Partial<Record<Disk, readonly [number, string, ...string[]]>>> = {
  ext4: [64 * MIB, 'mkfs.ext4', '-q', '-F'],
  // XFS without file types exists in its old form only, which kernels refuse since 6.18.
  'ext4-plain': [64 * MIB, 'mkfs.ext4', '-q', '-F', '-O', '^filetype'],
  btrfs: [128 * MIB, 'mkfs.btrfs', '-q'],
  xfs: [320 * MIB, 'mkfs.xfs', '-q'],
};

/** One empty file system of each kind, in files of that name in the directory. */
export function makeDisks(directory: string): void {
  for (const [disk, [size, command, ...args]] of Object.entries(MADE)) {
    const path = join(directory, disk);
    const fd = openSync(path, 'w');
    ftruncateSync(fd, size);
    closeSync(fd);
    execFileSync(command, [...args, path], { stdio: 'pipe' });
  }
}

/** Creates a directory and mounts a new disk of that kind at it; its files are below `work`. */
export function mountDisk(disk: Disk, at: string, disks: string, work: string): void {
  mkdirSync(at, { recursive: true });
  if (disk === 'tmpfs') {
    run('mount', '-t', 'tmpfs', 'none', at);
    return;
  }
  const own = join(work, at.replaceAll('/', '_'));
  if (disk === 'overlay') {
    for (const part of ['lower', 'upper', 'work']) mkdirSync(join(own, part), { recursive: true });
    const options = `lowerdir=${own}/lower,upperdir=${own}/upper,workdir=${own}/work`;
    run('mount', '-t', 'overlay', '-o', options, 'overlay', at);
    return;
  }
  mkdirSync(own, { recursive: true });
  const copy = join(own, disk);
  execFileSync('cp', ['--sparse=always', join(disks, disk), copy]);
  // Two copies of one btrfs have the same UUID; only one of them is mounted in a namespace.
  run('mount', '-o', 'loop', copy, at);
}

export function run(command: string, ...args: string[]): void {
  execFileSync(command, args, { stdio: ['ignore', 'ignore', 'inherit'] });
}
