import { type Fact, mapFact } from '../model/fact.ts';
import { unescapeOctal } from './fstab.ts';
import { MIB } from './open-file.ts';
import type { Root } from './root.ts';

export interface Mount {
  readonly mountPoint: string;
  readonly type: string;
  readonly source: string;
  readonly options: readonly string[];
  /** The part of the file system that is mounted: `/`, or a subvolume or directory of it. */
  readonly root: string;
}

/** The current mounts, from /proc/self/mountinfo (proc_pid_mountinfo(5)), in the order in which they were mounted. */
export function readMounts(root: Root): Fact<readonly Mount[]> {
  return mapFact(root.readText('/proc/self/mountinfo', 8 * MIB), parseMountinfo);
}

/** Parses mountinfo (proc_pid_mountinfo(5)) and unescapes its paths. */
export function parseMountinfo(text: string): Mount[] {
  return text.split('\n').flatMap((line) => {
    const [left = '', right = ''] = line.split(' - ');
    const [, , , part, mountPoint, options] = left.split(' ');
    const [type, source] = right.split(' ');
    if (mountPoint === undefined || type === undefined || type === '') return [];
    return [
      {
        mountPoint: unescapeOctal(mountPoint),
        type,
        source: unescapeOctal(source ?? ''),
        options: (options ?? '').split(','),
        root: unescapeOctal(part ?? '/'),
      },
    ];
  });
}

/** The mount that a path is on: the deepest mount point above it, the last one of equal ones. */
export function mountOf(mounts: readonly Mount[], path: string): Mount | null {
  let best: Mount | null = null;
  for (const mount of mounts) {
    const { mountPoint } = mount;
    const above = mountPoint === '/' || path === mountPoint || path.startsWith(`${mountPoint}/`);
    if (above && (best === null || mountPoint.length >= best.mountPoint.length)) best = mount;
  }
  return best;
}
