import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { compactSnapshot } from '../../src/cli/compact-snapshot.ts';
import { modulesOf, placeKernel, writePackage } from '../real/debian/machine.ts';
import { CACHE } from '../support/debian.ts';
import { read } from '../support/machines.ts';
import type { BenchRow } from './row.ts';

const RELEASES = [
  '6.1.0-47-amd64',
  '6.1.0-50-amd64',
  '6.1.0-50-rt-amd64',
  '6.1.0-56-amd64',
  '6.12.107+deb12-amd64',
  '6.12.117+deb12-amd64',
  '6.12.117+deb12-rt-amd64',
];
const MB = 1e6;

/** As many modules as a kernel has, chosen evenly from the sorted names. */
const NAMES = 1367;

/** The size of a saved snapshot if packages own modules of seven Debian kernels. They are downloaded once. */
export async function benchSnapshot(): Promise<BenchRow[]> {
  // Not in memory: modules are hard links into the cache of the packages.
  const root = mkdtempSync(join(CACHE, '.bench-'));
  try {
    const paths = RELEASES.flatMap((release) => {
      placeKernel(root, release, 'build');
      execFileSync('depmod', ['-b', root, release], { stdio: 'pipe' });
      const all = [...modulesOf(release)].sort().map(([, path]) => path.slice(path.indexOf('/lib/modules/')));
      const step = (all.length * RELEASES.length) / NAMES;
      return all.filter((_path, index) => Math.floor(index / step) > Math.floor((index - 1) / step));
    });
    writePackage(root, paths);
    const snapshot = await read(root);
    const files = snapshot.modules.flatMap(({ modules }) => modules);
    return [
      { what: 'modules of packages on seven kernels', value: files.length, unit: '' },
      { what: 'of them not read', value: files.filter(({ info }) => !info.known).length, unit: '', limit: 0 },
      {
        what: 'saved snapshot',
        value: JSON.stringify(compactSnapshot(snapshot)).length / MB,
        unit: 'MB',
        limit: 10,
      },
      { what: 'the same in memory, as JSON', value: JSON.stringify(snapshot).length / MB, unit: 'MB' },
    ];
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}
