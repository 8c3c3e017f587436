import { DEFAULT_PREFERENCES, type Preferences } from '../../model/preferences.ts';
import { readAssigned } from '../portage/assigned.ts';
import type { Root } from '../root.ts';

/**
 * What leads to the sources that modules are built for: as configured; else KERNEL_DIR of the environment or of make.conf,
 * which linux-info.eclass takes before its own /usr/src/linux.
 */
export function kernelDirectory(root: Root, { kernelDirectory: configured }: Preferences): string {
  if (configured !== DEFAULT_PREFERENCES.kernelDirectory) return configured;
  return readAssigned(root, 'KERNEL_DIR') ?? configured;
}
