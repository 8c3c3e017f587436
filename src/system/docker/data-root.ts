import { STORAGE_DRIVERS } from '../../model/docker.ts';
import { type Fact, known } from '../../model/fact.ts';
import type { Root } from '../root.ts';

/**
 * Driver directories that hold something: what dockerd itself takes as a sign that a driver was used before
 * (daemon/graphdriver of moby). A data root that is not there holds none.
 */
export function driverDirectories(root: Root, dataRoot: string): Fact<readonly string[]> {
  const names = root.list(dataRoot);
  if (!names.known) return names.code === 'missing' ? known([]) : names;
  const found: string[] = [];
  for (const driver of STORAGE_DRIVERS) {
    if (!names.value.includes(driver)) continue;
    const content = root.list(`${dataRoot}/${driver}`);
    if (!content.known && content.code !== 'missing') return content;
    if (content.known && content.value.length > 0) found.push(driver);
  }
  return known(found);
}

/** Does devicemapper keep its data in plain files here? Docker puts them on loop devices. */
export function onLoopFiles(root: Root, dataRoot: string): Fact<boolean> {
  const stat = root.lstat(`${dataRoot}/devicemapper/devicemapper/data`);
  if (stat.known) return known(stat.value.type === 'file');
  return stat.code === 'missing' ? known(false) : stat;
}

/** The path itself, symlinks resolved, or the nearest directory above it that is there. */
export function nearestExisting(root: Root, path: string): string {
  for (let at = path; at !== '/' && at !== ''; at = at.slice(0, at.lastIndexOf('/'))) {
    const resolved = root.resolve(at);
    if (resolved.known) return resolved.value;
  }
  return '/';
}
