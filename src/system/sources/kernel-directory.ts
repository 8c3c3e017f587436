import { DEFAULT_PREFERENCES, type Preferences } from '../../model/preferences.ts';
import { parseAssignments } from '../docker/shell-assignments.ts';
import type { Root } from '../root.ts';

const MAKE_CONF = ['/etc/make.conf', '/etc/portage/make.conf'];
const SIZE_MAX = 256 * 1024;
const FILES_MAX = 64;

/**
 * What leads to the sources that modules are built for: as configured; else KERNEL_DIR of make.conf, which
 * linux-info.eclass takes before its own /usr/src/linux. make.conf may be a directory of files, read by their names
 * (portage(5)); of a name that is set twice the last one counts.
 */
export function kernelDirectory(root: Root, { kernelDirectory: configured }: Preferences): string {
  if (configured !== DEFAULT_PREFERENCES.kernelDirectory) return configured;
  let found = configured;
  for (const path of MAKE_CONF.flatMap((place) => filesOf(root, place))) {
    const text = root.readText(path, SIZE_MAX);
    const value = text.known ? parseAssignments(text.value).get('KERNEL_DIR') : undefined;
    if (value?.startsWith('/') && !/\p{Cc}/u.test(value)) found = value.replace(/(?<=.)\/+$/, '');
  }
  return found;
}

function filesOf(root: Root, path: string): string[] {
  const stat = root.stat(path);
  if (!stat.known || stat.value.type !== 'directory') return [path];
  const names = root.list(path);
  const files = names.known ? names.value.filter((name) => !name.startsWith('.') && !name.endsWith('~')) : [];
  return files
    .sort()
    .slice(0, FILES_MAX)
    .map((name) => `${path}/${name}`);
}
