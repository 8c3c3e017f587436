import { homedir } from 'node:os';
import { join } from 'node:path';

const CACHE = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'aufswatch-aufs');

/** A kernel with the real AUFS as a module. */
export interface AufsKernel {
  readonly name: 'whole' | 'without-standalone';
  /** Suffix of the version: CONFIG_LOCALVERSION. */
  readonly suffix: string;
  readonly patches: readonly string[];
}

/** Without the exports of `standalone` the module compiles, and lacks symbols when it is loaded. */
export const AUFS_KERNELS: readonly AufsKernel[] = [
  { name: 'whole', suffix: '-aufs', patches: ['kbuild', 'base', 'mmap', 'standalone'] },
  { name: 'without-standalone', suffix: '-lacks', patches: ['kbuild', 'base', 'mmap'] },
];

/** The directory of one kernel: `release`, `build/`, `source/` and `aufs.ko`. */
export function aufsKernelDirectory({ name }: AufsKernel): string {
  return join(CACHE, name);
}

/** The directory in which they are compiled, unless another one is named. */
export const WORKSHOP = join(CACHE, 'work');
