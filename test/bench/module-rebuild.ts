import { cpSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { portageCheckout } from '../real/portage/checkout.ts';
import { portageMachine } from '../real/portage/portage-machine.ts';
import { endAll } from '../support/temporary.ts';
import { median } from './paired.ts';
import type { BenchRow } from './row.ts';

const WHAT = 'emerge --pretend @module-rebuild';
/** Few: each takes seconds. */
const RUNS = 3;

/**
 * The time that Portage needs to list the packages with modules on a machine with this package database. No rows if there is
 * no checkout of Portage. `work`: an empty directory.
 */
export async function benchModuleRebuild(work: string, database: string): Promise<BenchRow[]> {
  if (portageCheckout() === null) return [];
  mkdirSync(work);
  try {
    const portage = await portageMachine(work);
    cpSync(database, join(work, 'var/db/pkg'), { recursive: true, preserveTimestamps: true });
    // The repository of this machine has no ebuild of it.
    rmSync(join(work, 'var/db/pkg/sys-fs/zfs-kmod-2.2.7'), { recursive: true });
    const value = median(Array.from({ length: RUNS }, () => timeOf(portage.emerge)));
    return [{ what: `${WHAT}: time`, value, unit: 'ms' }];
  } finally {
    endAll();
  }
}

function timeOf(emerge: (...words: readonly string[]) => { readonly out: string }): number {
  const start = performance.now();
  const { out } = emerge('--pretend', '@module-rebuild');
  const time = performance.now() - start;
  if (!out.includes('sys-fs/aufs6-')) throw new Error(`${WHAT} does not name aufs6: ${out}`);
  return time;
}
