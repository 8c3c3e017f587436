import { type DriverHome, STORAGE_DRIVERS } from '../../model/docker.ts';
import type { DockerConfiguration } from '../../model/docker-configuration.ts';
import { type Fact, known } from '../../model/fact.ts';
import type { Root } from '../root.ts';
import { remappedRoot } from './userns-remap.ts';

export const DEFAULT_DATA_ROOT = '/var/lib/docker';

/** What a path lies on. */
export interface Beneath {
  readonly filesystem: Fact<string>;
  readonly dType: Fact<boolean>;
}

/**
 * The data root of a configuration. Where option and file name one each, dockerd takes that of the file (mergo.Merge() in
 * MergeDaemonConfigurations()), or refuses both.
 */
export function configuredRoot({ options, file }: DockerConfiguration): string {
  const storage = file.content.state === 'read' ? file.content.storage : null;
  const option = (name: string) => options.findLast((each) => each.name === name && each.value)?.value;
  const paths = [storage?.dataRoot, storage?.graph, option('data-root'), option('graph')];
  return paths.find((path) => path?.startsWith('/')) ?? DEFAULT_DATA_ROOT;
}

/** Where the drivers have their directories: with userns-remap one of its own in the data root. */
export function driversRoot(root: Root, configuration: DockerConfiguration): string {
  const path = configuredRoot(configuration);
  const { options, file } = configuration;
  const given = options.findLast(({ name, value }) => name === 'userns-remap' && value)?.value;
  const written = file.content.state === 'read' ? file.content.storage.usernsRemap : null;
  const remap = given ?? written;
  return remap ? remappedRoot(root, path, remap) : path;
}

/** The directories of drivers under the data root. One that is not there holds none. */
export function driverHomes(
  root: Root,
  dataRoot: string,
  beneath: (path: string) => Beneath,
): Fact<readonly DriverHome[]> {
  const names = root.list(dataRoot);
  if (!names.known) return names.code === 'missing' ? known([]) : names;
  const found: DriverHome[] = [];
  for (const driver of STORAGE_DRIVERS) {
    if (!names.value.includes(driver)) continue;
    const path = `${dataRoot}/${driver}`;
    const content = root.list(path);
    if (!content.known && content.code !== 'missing') return content;
    if (content.known) found.push({ driver, hasData: content.value.length > 0, ...beneath(path) });
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
