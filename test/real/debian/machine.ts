import { execFileSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  linkSync,
  mkdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { moduleName } from '../../../src/model/module-name.ts';
import { debianHeaders, debianKernel } from '../../support/debian-kernels.ts';

/**
 * The available files of a kernel: its headers with Module.symvers (`build`), its configuration beside the image
 * (`config`), or only the image and its modules (`image`).
 */
export const LEVELS = ['build', 'config', 'image'] as const;
export type Level = (typeof LEVELS)[number];

/** A module of another kernel, put beside those of this one. */
export interface Foreign {
  /** Release that it was compiled for. */
  readonly source: string;
  readonly name: string;
  /** Its path inside the root. */
  readonly path: string;
}

/** A module of the kernel itself, and the edit of its file. */
export interface Edited {
  readonly name: string;
  edit(module: Buffer): Buffer;
}

export interface DebianMachine {
  readonly root: string;
  readonly modules: readonly Foreign[];
  /** Paths of the edited modules, inside the root. */
  readonly edited: readonly string[];
}

/**
 * A root with one kernel of Debian at the level `build`, and modules of it and of others that seem to belong to a
 * Gentoo package, so that they are read. The firmware is a BIOS: signatures are not enforced. `directory`: an empty
 * one.
 */
export function debianMachine(
  directory: string,
  release: string,
  wanted: ReadonlyMap<string, readonly string[]>,
  edited: readonly Edited[] = [],
): DebianMachine {
  const root = join(directory, 'root');
  placeKernel(root, release, 'build');
  const modules = [...wanted].flatMap(([source, names]) => foreign(source, names));
  const own = modulesOf(release);
  const editedPaths = edited.map(({ name, edit }, index) => {
    const path = `/lib/modules/${release}/other/${index}/${name}.ko`;
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), edit(plainBytes(own.get(name) ?? '')));
    return path;
  });
  // Each was tried alone: the dependencies of the kernel's own modules are its own.
  const order = join(dirname(root), 'depmod.conf');
  writeFileSync(order, 'search kernel built-in\n');
  execFileSync('depmod', ['-C', order, '-b', root, release], { stdio: 'pipe' });
  writePackage(root, [...modules.map(({ path }) => path), ...editedPaths]);
  return { root, modules, edited: editedPaths };

  function foreign(source: string, names: readonly string[]): Foreign[] {
    const files = modulesOf(source);
    return names.map((name) => {
      const file = files.get(name);
      if (file === undefined) throw new Error(`linux-image-${source} has no module ${name}`);
      const own = file.slice(file.indexOf(`/lib/modules/${source}/`));
      if (source === release) return { source, name, path: own };
      const path = `/lib/modules/${release}/other/${source}/${basename(file)}`;
      place(file, join(root, path));
      return { source, name, path };
    });
  }
}

/** A kernel as its package has it, and its available files. */
export function placeKernel(root: string, release: string, level: Level): void {
  const kernel = debianKernel(release);
  for (const directory of ['sys/firmware', 'lib/modules', 'usr/src'])
    mkdirSync(join(root, directory), { recursive: true });
  placeTree(join(kernel.root, 'lib/modules', release), join(root, 'lib/modules'));
  place(kernel.image, join(root, `boot/vmlinuz-${release}`));
  const config = `boot/config-${release}`;
  if (level !== 'image') place(join(kernel.root, config), join(root, config));
  if (level !== 'build') return;
  const headers = debianHeaders(release);
  placeTree(headers, join(root, 'usr/src'));
  symlinkSync(`/usr/src/${basename(headers)}`, join(root, 'lib/modules', release, 'build'));
}

/** Removes the files above this level from the root of debianMachine(). A lower level cannot be raised again. */
export function reduceTo(root: string, release: string, level: Level): void {
  if (level !== 'build') rmSync(join(root, 'lib/modules', release, 'build'), { force: true });
  if (level === 'image') rmSync(join(root, `boot/config-${release}`), { force: true });
}

/** Every module of a package by its name: modules.order lists them, and they may be compressed. */
export function modulesOf(release: string): ReadonlyMap<string, string> {
  const directory = join(debianKernel(release).root, 'lib/modules', release);
  const lines = readFileSync(join(directory, 'modules.order'), 'utf8').split('\n');
  const files = lines.flatMap((line) =>
    ['', '.xz']
      .map((ending) => join(directory, `${line}${ending}`))
      .filter((path) => line !== '' && existsSync(path)),
  );
  return new Map(files.map((path) => [moduleName(path), path]));
}

/** The bytes of a module, uncompressed. */
export function plainBytes(path: string): Buffer {
  if (!path.endsWith('.xz')) return readFileSync(path);
  return execFileSync('xz', ['--decompress', '--stdout', path], { maxBuffer: 64 * 1024 * 1024 });
}

/** A package that owns these modules. */
export function writePackage(root: string, modules: readonly string[]): void {
  const directory = join(root, 'var/db/pkg/sys-fs/foreign-1');
  mkdirSync(directory, { recursive: true });
  const lines = modules.map((path) => `obj ${path} d41d8cd98f00b204e9800998ecf8427e 1600000000\n`);
  const fields = {
    SLOT: '0',
    INHERITED: 'linux-mod-r1',
    repository: 'gentoo',
    COUNTER: '5',
    BUILD_TIME: '1600000000',
  };
  for (const [name, value] of Object.entries(fields)) writeFileSync(join(directory, name), `${value}\n`);
  writeFileSync(join(directory, 'CONTENTS'), lines.join(''));
}

/** A link where the cache is on the same disk, else a copy. */
function place(from: string, to: string): void {
  mkdirSync(dirname(to), { recursive: true });
  try {
    linkSync(from, to);
  } catch {
    cpSync(from, to);
  }
}

function placeTree(from: string, into: string): void {
  try {
    execFileSync('cp', ['-al', from, into], { stdio: 'pipe' });
  } catch {
    execFileSync('cp', ['-a', from, into], { stdio: 'pipe' });
  }
}
