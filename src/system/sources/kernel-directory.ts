import { DEFAULT_PREFERENCES, type Preferences } from '../../model/preferences.ts';
import { readAssigned } from '../portage/assigned.ts';
import type { Root } from '../root.ts';

/**
 * The path that leads to the sources that modules are built for: the configured one, else KERNEL_DIR of the
 * environment or of make.conf, else /usr/src/linux. The last two are the order of linux-info.eclass.
 */
export function kernelDirectory(root: Root, { kernelDirectory: configured }: Preferences): string {
  if (configured !== DEFAULT_PREFERENCES.kernelDirectory) return configured;
  return readAssigned(root, 'KERNEL_DIR') ?? configured;
}
