import type { Fact } from '../../model/fact.ts';
import type { Root } from '../root.ts';
import { parseAssignments } from '../shell-assignments.ts';

const MAKE_CONF = ['/etc/make.conf', '/etc/portage/make.conf'];
const SIZE_MAX = 256 * 1024;
const FILES_MAX = 64;

/**
 * The assignments of each file of make.conf, in the order in which Portage reads them. make.conf may be a directory,
 * whose files are read by name (portage(5)). The last assignment of a name counts.
 */
export function readMakeConf(root: Root): Fact<ReadonlyMap<string, string>>[] {
  return MAKE_CONF.flatMap((place) => filesOf(root, place)).map((path) => {
    const text = root.readText(path, SIZE_MAX);
    return text.known ? { known: true, value: parseAssignments(text.value) } : text;
  });
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
