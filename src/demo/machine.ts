import { existsSync, readdirSync } from 'node:fs';
import { makeDirectory } from '../files/make-directory.ts';
import { type BootDirectory, writeBoot } from './boot.ts';
import { type Disk, openDisk } from './disk.ts';
import { type DockerState, writeDocker } from './docker.ts';
import { releaseOf } from './kernel.ts';
import { type LogEntry, writeLogs } from './logs.ts';
import type { Package } from './package.ts';
import type { PlacedModule } from './placed-module.ts';
import { type ReleaseDirectory, writeRelease } from './release.ts';
import { type RunningKernel, writeRunning } from './running.ts';
import { type SourceTree, writeTree } from './tree.ts';
import { treesOf, VDB, type VdbForm, vdbPath, writeVdbEntry } from './vdb.ts';

/**
 * The parts of a Gentoo machine that matter for kernels, as plain data: change a field and write it. All times are ms
 * since the epoch.
 */
export interface Machine {
  readonly now: number;
  readonly vdb: VdbForm;
  readonly packages: readonly Package[];
  readonly trees: readonly SourceTree[];
  /** The target of /usr/src/linux; null: no such link. */
  readonly selected: { readonly target: string; readonly at: number } | null;
  readonly boot: BootDirectory;
  readonly releases: readonly ReleaseDirectory[];
  /** null: proc and sys are not mounted, as in an image or a chroot. */
  readonly running: RunningKernel | null;
  readonly docker: DockerState | null;
  /** Lines of /etc/fstab. */
  readonly fstab: readonly string[];
  readonly log: readonly LogEntry[];
  /** More files, by path. */
  readonly files: Readonly<Record<string, string>>;
  /** Paths that are deleted after everything else is written, as if by hand. */
  readonly removed: readonly string[];
}

/** Portage's merge counter. */
export const COUNTER_FILE = '/var/cache/edb/counter';

/** File in the root that marks a demonstration. The actions change no other root. */
export const MARKER = '/.aufswatch-demo';

/**
 * Writes the machine as a root file system into a directory, which is created if it is missing. Throws NotEmptyError if
 * the directory is not empty.
 */
export function writeMachine(directory: string, machine: Machine): void {
  if (existsSync(directory) && readdirSync(directory).length > 0) throw new NotEmptyError(directory);
  makeDirectory(directory, 0o755);
  const disk = openDisk(directory);
  for (const tree of machine.trees) writeTree(disk, tree);
  if (machine.selected !== null) disk.link('/usr/src/linux', machine.selected.target, machine.selected.at);
  writePackages(disk, machine);
  for (const release of machine.releases)
    writeRelease(disk, release, ownedModules(machine.packages, release));
  writeBoot(disk, machine.boot, machine.now, hasBootMounted(machine));
  if (machine.running !== null) writeRunning(disk, machine.running);
  if (machine.docker !== null) writeDocker(disk, machine.docker, machine.now);
  disk.file('/etc/fstab', machine.fstab.map((line) => `${line}\n`).join(''), machine.now);
  disk.file('/etc/gentoo-release', 'Gentoo Base System release 2.18\n', machine.now);
  writeLogs(disk, machine.log);
  for (const [path, text] of Object.entries(machine.files)) disk.file(path, text, machine.now);
  for (const path of machine.removed) disk.remove(path, machine.now);
  disk.file(MARKER, 'Laid out by `aufswatch demo`. This directory can be deleted as a whole.\n', machine.now);
  disk.settle();
}

/** Is /boot a file system of its own? */
export function hasBootMounted({ running, fstab }: Machine): boolean {
  return running === null
    ? fstab.some((line) => line.split(/\s+/)[1] === '/boot')
    : running.mounts.some(({ point }) => point === '/boot');
}

export class NotEmptyError extends Error {
  readonly directory: string;

  constructor(directory: string) {
    super(`${directory} is not empty: name a directory that is empty or does not exist`);
    this.name = 'NotEmptyError';
    this.directory = directory;
  }
}

/** Modules of these packages that are in this release's directory. */
export function ownedModules(packages: readonly Package[], release: ReleaseDirectory): PlacedModule[] {
  const name = releaseOf(release.kernel);
  return packages.flatMap((pkg) => pkg.modules.filter((file) => releaseOf(file.module.against) === name));
}

function writePackages(disk: Disk, machine: Machine): void {
  disk.makeDirectory(VDB, machine.now);
  for (const pkg of machine.packages) {
    writeVdbEntry(disk, vdbPath(pkg), pkg, treesOf(pkg, machine.trees), machine.vdb);
    for (const file of pkg.files) disk.file(file.path, file.text, pkg.mergedAt);
  }
  const categories = new Set(machine.packages.map((pkg) => pkg.category));
  for (const category of categories) {
    disk.setTime(
      `${VDB}/${category}`,
      newestMerge(machine.packages.filter((pkg) => pkg.category === category)),
    );
  }
  const newest = newestMerge(machine.packages);
  disk.setTime(VDB, newest);
  disk.file(COUNTER_FILE, String(highestCounter(machine.packages)), newest);
  const world = machine.packages.map((pkg) => `${pkg.category}/${pkg.name}\n`);
  disk.file('/var/lib/portage/world', [...new Set(world)].sort().join(''), newest);
}

export function highestCounter(packages: readonly Package[]): number {
  return Math.max(0, ...packages.map((pkg) => pkg.counter));
}

function newestMerge(packages: readonly Package[]): number {
  return Math.max(0, ...packages.map((pkg) => pkg.mergedAt));
}
