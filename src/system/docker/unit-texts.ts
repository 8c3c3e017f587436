import type { ReadProblem } from '../../model/snapshot.ts';
import type { Root } from '../root.ts';
import type { UnitText } from './unit-file.ts';

/** The directories of units; the first that has the unit counts (systemd.unit(5)). */
const UNIT_DIRECTORIES = [
  '/etc/systemd/system',
  '/run/systemd/system',
  '/usr/local/lib/systemd/system',
  '/usr/lib/systemd/system',
  '/lib/systemd/system',
];
const DROP_INS_MAX = 64;
const UNIT_SIZE_MAX = 256 * 1024;

/**
 * docker.service and its drop-ins, in the order in which systemd merges them: drop-ins by name, whatever their directory,
 * and of two with the same name the one in the first directory. A unit masked by /dev/null returns none.
 */
export function dockerServiceTexts(root: Root, problems: ReadProblem[]): UnitText[] {
  const unit = UNIT_DIRECTORIES.map((directory) => `${directory}/docker.service`).find(
    (path) => root.lstat(path).known,
  );
  if (unit !== undefined && isMasked(root, unit)) return [];
  const dropIns = new Map<string, string>();
  for (const directory of UNIT_DIRECTORIES) {
    const names = root.list(`${directory}/docker.service.d`);
    if (!names.known) continue;
    for (const name of names.value) {
      if (name.endsWith('.conf') && !dropIns.has(name))
        dropIns.set(name, `${directory}/docker.service.d/${name}`);
    }
  }
  const ordered = [...dropIns].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, path]) => path);
  const paths = [...(unit === undefined ? [] : [unit]), ...ordered.slice(0, DROP_INS_MAX)];
  return paths.flatMap((path) => {
    if (isMasked(root, path)) return [];
    const text = root.readText(path, UNIT_SIZE_MAX);
    if (text.known) return [{ path, text: text.value }];
    problems.push({ path, detail: text.detail });
    return [];
  });
}

function isMasked(root: Root, path: string): boolean {
  const link = root.readLink(path);
  return link.known && link.value === '/dev/null';
}
