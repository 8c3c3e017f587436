import { homedir } from 'node:os';
import { join } from 'node:path';

const CACHE = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'aufswatch-aufs');

/** A kernel with the real AUFS as a module. */
export interface AufsKernel {
  readonly name: 'whole' | 'without-standalone';
  /** Behind the version: CONFIG_LOCALVERSION. */
  readonly suffix: string;
  readonly patches: readonly string[];
}

/** Without the exports of `standalone` the module compiles, and lacks what it needs when it is loaded. */
export const AUFS_KERNELS: readonly AufsKernel[] = [
  { name: 'whole', suffix: '-aufs', patches: ['kbuild', 'base', 'mmap', 'standalone'] },
  { name: 'without-standalone', suffix: '-lacks', patches: ['kbuild', 'base', 'mmap'] },
];

/** Where one is kept: `release`, `build/`, `source/` and `aufs.ko`. */
export function aufsKernelDirectory({ name }: AufsKernel): string {
  return join(CACHE, name);
}

/** Where they are compiled, unless another place is named. */
export const WORKSHOP = join(CACHE, 'work');
