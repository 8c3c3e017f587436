import type { DockerFacts } from '../../model/docker.ts';
import { DAEMON_JSON, UNCONFIGURED } from '../../model/docker-configuration.ts';
import { type Fact, known, mapFact, unknown } from '../../model/fact.ts';
import type { InstalledPackage } from '../../model/portage.ts';
import type { ReadProblem } from '../../model/snapshot.ts';
import type { Mount } from '../mounts.ts';
import type { Root } from '../root.ts';
import { askDocker, DOCKER_SOCKET } from './ask-docker.ts';
import { findDaemon } from './daemon-process.ts';
import {
  type Beneath,
  DEFAULT_DATA_ROOT,
  driverHomes,
  driversRoot,
  nearestExisting,
  onLoopFiles,
} from './data-root.ts';
import type { DockerInfo, DockerInfoSource } from './docker-info.ts';
import { askFileTypes, type FileTypesSource } from './file-types.ts';
import { readLeftOut } from './left-out.ts';
import { offeredEngines } from './offered.ts';
import { driverPrograms } from './programs.ts';
import { CONF_D, readConfiguration } from './read-configuration.ts';

/** Results of other readers. */
export interface DockerSurroundings {
  readonly packages: readonly InstalledPackage[];
  /** The mount that holds a path, from /proc/self/mountinfo; null: not known. */
  mountOf(path: string): Fact<Mount | null>;
}

export interface DockerReading {
  readonly docker: DockerFacts;
  /** Configuration that could not be read or parsed. */
  readonly problems: readonly ReadProblem[];
}

/** Programs to ask for facts that no file has. */
export interface DockerSources {
  readonly info: DockerInfoSource;
  readonly fileTypes: FileTypesSource;
}

/**
 * Reads which Docker is installed, how it is configured, and what it uses. Only a daemon that is seen running on the
 * host's own root is asked: where it does not run, systemd listens on its socket, and a request would start it. The rest
 * is read from the disk.
 */
export async function readDocker(
  root: Root,
  surroundings: DockerSurroundings,
  sources: DockerSources = { info: askDocker, fileTypes: askFileTypes },
): Promise<DockerReading> {
  const found = surroundings.packages.find((each) => each.kinds.includes('docker') && each.name === 'docker');
  const offered = offeredEngines(root);
  const programs = driverPrograms(root);
  if (found === undefined && !leavesTraces(root))
    return {
      docker: { ...absent(typeOn(surroundings, root, DEFAULT_DATA_ROOT)), offered, programs },
      problems: [],
    };
  const daemon = findDaemon(root);
  const runs = root.isHost && daemon !== null && root.lstat(DOCKER_SOCKET).known;
  const info = runs ? await sources.info() : NO_DAEMON;
  const { configuration, problems } = readConfiguration(root, daemon);
  const dataRoot = info.known ? info.value.dataRoot : driversRoot(root, configuration);
  const types = await fileTypesOf(root, surroundings, dataRoot, sources);
  const beneath = (path: string): Beneath => {
    const mount = surroundings.mountOf(nearestExisting(root, path));
    const filesystem = mapFact(mount, (each) => each?.type ?? '');
    const asked = mount.known && mount.value !== null ? types.get(mount.value.mountPoint) : undefined;
    return { filesystem, dType: asked ?? unknown('no-data', NO_TYPES) };
  };
  const homes = driverHomes(root, dataRoot, beneath);
  const ofRoot = beneath(dataRoot);
  return {
    docker: {
      present: true,
      engine: engineOf(info, found),
      offered,
      leftOut: readLeftOut(root, found),
      used: mapFact(info, ({ driver }) => driver),
      configuration,
      dataRoot,
      backingFilesystem: ofRoot.filesystem,
      dType: ofRoot.dType,
      loopback: loopbackOf(root, info, dataRoot),
      homes: mapFact(homes, (all) => all.map((home) => ({ ...home, dType: dTypeOf(info, home) }))),
      programs,
    },
    problems,
  };
}

const NO_DAEMON = unknown('no-data', 'no Docker daemon to ask');
const NO_TYPES = 'nobody tells whether it keeps file types';

function leavesTraces(root: Root): boolean {
  return [DAEMON_JSON, CONF_D, DEFAULT_DATA_ROOT, DOCKER_SOCKET].some((path) => root.lstat(path).known);
}

function absent(backingFilesystem: Fact<string>): Omit<DockerFacts, 'offered' | 'programs'> {
  const nothing = unknown('no-data', 'Docker is not installed');
  return {
    present: false,
    engine: nothing,
    leftOut: known([]),
    used: nothing,
    configuration: UNCONFIGURED,
    dataRoot: DEFAULT_DATA_ROOT,
    backingFilesystem,
    dType: nothing,
    loopback: known(false),
    homes: known([]),
  };
}

function engineOf(info: Fact<DockerInfo>, found: InstalledPackage | undefined): Fact<string> {
  if (info.known) return known(info.value.engine);
  if (found === undefined)
    return unknown('no-data', 'no package of Docker is installed, and no daemon answers');
  return known(found.version.replace(/-r\d+$/, ''));
}

function typeOn({ mountOf }: DockerSurroundings, root: Root, path: string): Fact<string> {
  return mapFact(mountOf(nearestExisting(root, path)), (mount) => mount?.type ?? '');
}

/** Runs the tool once for each mount that holds the data root or a driver's directory, and only on the host. */
async function fileTypesOf(
  root: Root,
  { mountOf }: DockerSurroundings,
  dataRoot: string,
  { fileTypes }: DockerSources,
): Promise<ReadonlyMap<string, Fact<boolean>>> {
  if (!root.isHost) return new Map();
  const paths = [dataRoot, `${dataRoot}/overlay2`, `${dataRoot}/overlay`];
  const mounts = new Map<string, Mount>();
  for (const path of paths) {
    const mount = mountOf(nearestExisting(root, path));
    if (mount.known && mount.value !== null) mounts.set(mount.value.mountPoint, mount.value);
  }
  const answers = [...mounts.values()].map(
    async (mount) => [mount.mountPoint, await fileTypes(mount)] as const,
  );
  return new Map(await Promise.all(answers));
}

/** The daemon reports it for the driver in use. */
function dTypeOf(info: Fact<DockerInfo>, home: { driver: string; dType: Fact<boolean> }): Fact<boolean> {
  const answer =
    info.known && info.value.driver === home.driver ? info.value.status.get('Supports d_type') : undefined;
  return answer === 'true' || answer === 'false' ? known(answer === 'true') : home.dType;
}

function loopbackOf(root: Root, info: Fact<DockerInfo>, dataRoot: string): Fact<boolean> {
  if (info.known) return known(info.value.status.has('Data loop file'));
  return onLoopFiles(root, dataRoot);
}
