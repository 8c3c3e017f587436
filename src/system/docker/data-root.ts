import { type DriverHome, STORAGE_DRIVERS } from '../../model/docker.ts';
import type { DockerConfiguration } from '../../model/docker-configuration.ts';
import { type Fact, known } from '../../model/fact.ts';
import type { Root } from '../root.ts';
import { remappedRoot } from './userns-remap.ts';

export const DEFAULT_DATA_ROOT = '/var/lib/docker';

/** The file system below a path. */
export interface Beneath {
  readonly filesystem: Fact<string>;
  readonly dType: Fact<boolean>;
}

/**
 * The data root of a configuration. If both option and file set one, dockerd takes that of the file (mergo.Merge() in
 * MergeDaemonConfigurations()), or refuses to start.
 */
export function configuredRoot({ options, file }: DockerConfiguration): string {
  const storage = file.content.state === 'read' ? file.content.storage : null;
  const option = (name: string) => options.findLast((each) => each.name === name && each.value)?.value;
  const paths = [storage?.dataRoot, storage?.graph, option('data-root'), option('graph')];
  return paths.find((path) => path?.startsWith('/')) ?? DEFAULT_DATA_ROOT;
}

/** The directory that holds those of the drivers: the data root, or with userns-remap a directory in it. */
export function driversRoot(root: Root, configuration: DockerConfiguration): string {
  const path = configuredRoot(configuration);
  const { options, file } = configuration;
  const given = options.findLast(({ name, value }) => name === 'userns-remap' && value)?.value;
  const written = file.content.state === 'read' ? file.content.storage.usernsRemap : null;
  const remap = given ?? written;
  return remap ? remappedRoot(root, path, remap) : path;
}

/** The directories of drivers in the data root. A missing data root has none. */
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

/** Does devicemapper store its data in plain files here? Docker attaches them to loop devices. */
export function onLoopFiles(root: Root, dataRoot: string): Fact<boolean> {
  const stat = root.lstat(`${dataRoot}/devicemapper/devicemapper/data`);
  if (stat.known) return known(stat.value.type === 'file');
  return stat.code === 'missing' ? known(false) : stat;
}

/** The path itself, symlinks resolved, or the nearest existing directory above it. */
export function nearestExisting(root: Root, path: string): string {
  for (let at = path; at !== '/' && at !== ''; at = at.slice(0, at.lastIndexOf('/'))) {
    const resolved = root.resolve(at);
    if (resolved.known) return resolved.value;
  }
  return '/';
}
