import {
  copyFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { NO_MEMORY } from '../../../src/model/memory.ts';
import { DEFAULT_PREFERENCES } from '../../../src/model/preferences.ts';
import { readSnapshot } from '../../../src/system/read-snapshot.ts';
import { openRoot } from '../../../src/system/root.ts';
import type { Loadable } from '../../../src/verdict/loadable.ts';
import { assess, moduleFile, willLoad } from '../../../src/verdict/situation.ts';
import { kernelDirectory } from './cache.ts';
import type { ModuleCase } from './cases.ts';

/** What is left on disk of a kernel that boots next. */
export type Left = 'build' | 'system-map' | 'image';

/** What the program says, from the disk alone, of one module on one kernel. */
export async function predict(
  directory: string,
  kernel: string,
  { module, path, needs }: ModuleCase,
  left: Left,
): Promise<Loadable> {
  const root = mkdtempSync(join(directory, 'root-'));
  try {
    const files = [path, ...(needs === null ? [] : [needs])];
    layOutRoot(root, kernel, files, left);
    const options = { preferences: DEFAULT_PREFERENCES, takenAt: Date.now(), hashImages: false };
    const snapshot = await readSnapshot(openRoot(root), options);
    const { next } = assess(snapshot, NO_MEMORY);
    if (next === null) throw new Error(`no kernel boots next in the root of ${kernel}`);
    const file = moduleFile(next, module);
    if (file === null) throw new Error(`the program does not see ${module}`);
    return willLoad(next, file);
  } finally {
    rmSync(root, { recursive: true });
  }
}

function layOutRoot(root: string, kernel: string, files: readonly string[], left: Left): void {
  const saved = kernelDirectory(kernel);
  const release = readFileSync(join(saved, 'release'), 'utf8');
  const modules = join(root, 'lib/modules', release);
  const put = (from: string, to: string): void => {
    mkdirSync(dirname(to), { recursive: true });
    copyFileSync(from, to);
  };
  put(join(saved, 'build/linux'), join(root, 'boot', `vmlinuz-${release}`));
  put(join(saved, 'build/modules.builtin'), join(modules, 'modules.builtin'));
  for (const file of files) put(file, join(modules, 'misc', basename(file)));
  layOutPackage(
    root,
    files.map((file) => `/lib/modules/${release}/misc/${basename(file)}`),
  );
  if (left === 'build') {
    cpSync(join(saved, 'build'), join(root, 'usr/src/build'), { recursive: true, preserveTimestamps: true });
    symlinkSync('/usr/src/build', join(modules, 'build'));
  }
  if (left === 'system-map') {
    put(join(saved, 'build/System.map'), join(root, 'boot', `System.map-${release}`));
    put(join(saved, 'build/.config'), join(root, 'boot', `config-${release}`));
  }
}

/** A package that owns the modules: only such are looked after. */
function layOutPackage(root: string, paths: readonly string[]): void {
  const directory = join(root, 'var/db/pkg/sys-fs/bench-1');
  mkdirSync(directory, { recursive: true });
  const contents = paths.map((path) => `obj ${path} d41d8cd98f00b204e9800998ecf8427e 1700000000\n`);
  const files = {
    CATEGORY: 'sys-fs',
    PF: 'bench-1',
    SLOT: '0',
    INHERITED: 'linux-info linux-mod-r1',
    CONTENTS: contents.join(''),
    COUNTER: '1',
    BUILD_TIME: '1700000000',
    repository: 'gentoo',
  };
  for (const [name, text] of Object.entries(files))
    writeFileSync(join(directory, name), `${text.trimEnd()}\n`);
}
