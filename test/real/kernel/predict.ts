import { copyFileSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { NO_MEMORY } from '../../../src/model/memory.ts';
import { DEFAULT_PREFERENCES } from '../../../src/model/preferences.ts';
import { readSnapshot } from '../../../src/system/read-snapshot.ts';
import { openRoot } from '../../../src/system/root.ts';
import { moduleFile } from '../../../src/verdict/kernel/kernel.ts';
import type { Loadable } from '../../../src/verdict/loadable/answer.ts';
import { assess } from '../../../src/verdict/situation.ts';
import { willLoad } from '../../../src/verdict/will-load.ts';
import { runningRoot } from './ask-kernel.ts';
import { kernelDirectory } from './cache.ts';
import type { ModuleCase } from './cases.ts';
import { writePackage } from './package.ts';

/** The facts that are left of a kernel: on disk, if it boots next; or only those that a running one shows of itself. */
export type Left = 'build' | 'system-map' | 'image' | 'running';

/** Prints, from the disk alone, the predictions for modules on one kernel. */
export interface Predictor {
  predict(each: ModuleCase): Promise<Loadable>;
}

/** A root on which that kernel boots next, or runs; the modules are exchanged. */
export function predictor(directory: string, kernel: string, left: Left): Predictor {
  const root = mkdtempSync(join(directory, 'root-'));
  const release = layOutKernel(root, kernel, left, runningRoot(directory, kernel));
  const modules = `/lib/modules/${release}/misc`;
  return {
    predict: async ({ module, path, needs }) => {
      const files = [path, ...(needs === null ? [] : [needs])];
      rmSync(join(root, modules), { recursive: true, force: true });
      mkdirSync(join(root, modules));
      for (const file of files) copyFileSync(file, join(root, modules, basename(file)));
      writePackage(root, {
        category: 'sys-fs',
        pf: 'bench-1',
        inherited: 'linux-info linux-mod-r1',
        contents: files.map((file) => `obj ${modules}/${basename(file)} d41d8cd98f00b204e9800998ecf8427e 1`),
        counter: 1,
      });
      const options = { preferences: DEFAULT_PREFERENCES, takenAt: Date.now(), hashImages: false };
      const { next, running } = assess(await readSnapshot(openRoot(root), options), NO_MEMORY);
      const judged = left === 'running' ? running : next;
      if (judged === null) throw new Error(`no kernel boots next in the root of ${kernel}`);
      const file = moduleFile(judged, module);
      if (file === null) throw new Error(`the program does not see ${module}`);
      return willLoad(judged, file);
    },
  };
}

/** Returns its release. */
function layOutKernel(root: string, kernel: string, left: Left, shown: string): string {
  const saved = kernelDirectory(kernel);
  const release = readFileSync(join(saved, 'release'), 'utf8');
  const modules = join(root, 'lib/modules', release);
  const put = (from: string, to: string): void => {
    mkdirSync(dirname(to), { recursive: true });
    copyFileSync(from, to);
  };
  if (left === 'running') cpSync(shown, root, { recursive: true });
  else put(join(saved, 'build/linux'), join(root, 'boot', `vmlinuz-${release}`));
  put(join(saved, 'build/modules.builtin'), join(modules, 'modules.builtin'));
  if (left === 'build') {
    cpSync(join(saved, 'build'), join(root, 'var/tmp/build'), { recursive: true, preserveTimestamps: true });
    cpSync(join(saved, 'source'), join(root, `usr/src/linux-${release}`), { recursive: true });
    symlinkSync('/var/tmp/build', join(modules, 'build'));
    symlinkSync(`/usr/src/linux-${release}`, join(modules, 'source'));
  }
  if (left === 'system-map') {
    put(join(saved, 'build/System.map'), join(root, 'boot', `System.map-${release}`));
    put(join(saved, 'build/.config'), join(root, 'boot', `config-${release}`));
  }
  return release;
}
