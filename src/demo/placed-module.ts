import { gzipSync } from 'node:zlib';
import type { Disk } from './disk.ts';
import { releaseOf } from './kernel.ts';
import { type KernelModule, moduleFile } from './module.ts';

/** A kernel module as a file below /lib/modules. */
export interface PlacedModule {
  /** Below /lib/modules/RELEASE: `misc`. */
  readonly folder: string;
  readonly module: KernelModule;
  readonly at: number;
  readonly compression: 'none' | 'gzip';
}

/** Its path. RELEASE is the release of the kernel that it was compiled against. */
export function placedPath({ folder, module, compression }: PlacedModule): string {
  const ending = compression === 'gzip' ? '.ko.gz' : '.ko';
  return `/lib/modules/${releaseOf(module.against)}/${folder}/${module.name}${ending}`;
}

export function placedBytes({ module, compression }: PlacedModule): Buffer {
  const file = moduleFile(module);
  return compression === 'gzip' ? gzipSync(file) : file;
}

export function writePlaced(disk: Disk, placed: PlacedModule): void {
  disk.file(placedPath(placed), placedBytes(placed), placed.at);
}
