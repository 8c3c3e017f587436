import { DEFAULT_PREFERENCES, type Preferences } from '../../model/preferences.ts';
import { readMakeConf } from '../portage/make-conf.ts';
import type { Root } from '../root.ts';

/**
 * What leads to the sources that modules are built for: as configured; else KERNEL_DIR of make.conf, which
 * linux-info.eclass takes before its own /usr/src/linux.
 */
export function kernelDirectory(root: Root, { kernelDirectory: configured }: Preferences): string {
  if (configured !== DEFAULT_PREFERENCES.kernelDirectory) return configured;
  let found = configured;
  for (const file of readMakeConf(root)) {
    const value = file.known ? file.value.get('KERNEL_DIR') : undefined;
    if (value?.startsWith('/') && !/\p{Cc}/u.test(value)) found = value.replace(/(?<=.)\/+$/, '');
  }
  return found;
}
