import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import type { InstalledPackage } from '../../src/model/portage.ts';
import { readPortage } from '../../src/system/portage/read-portage.ts';
import { openRoot } from '../../src/system/root.ts';
import { temporaryDirectory } from './temporary.ts';

/** Tests run from build/test/support. */
export const DATA = join(import.meta.dirname, '..', '..', '..', 'test', 'data');

export type VdbArchive = 'classic' | '3.0.82' | '3.0.82-consolidated';

/** A root with the database of a real Portage; GNU tar puts back the nanoseconds that `#dir_mtime` needs. */
export function unpackVdb(form: VdbArchive): string {
  const root = temporaryDirectory();
  execFileSync('tar', ['-xf', join(DATA, 'vdb', `vdb-portage-${form}.tar.gz`), '-C', root]);
  return root;
}

/** The packages that the reader returns, by CPV. */
export function packagesOf(root: string): Readonly<Record<string, InstalledPackage>> {
  const { packages } = readPortage(openRoot(root)).facts;
  return Object.fromEntries(packages.map((installed) => [installed.cpv, installed]));
}
