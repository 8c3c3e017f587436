import { type DockerFacts, hasLost } from '../../model/docker.ts';
import { type Fact, known, mapFact, unknown } from '../../model/fact.ts';
import type { InstalledPackage } from '../../model/portage.ts';
import type { Trouble } from '../../model/snapshot.ts';
import type { Root } from '../root.ts';
import { askDocker, DOCKER_SOCKET } from './ask-docker.ts';
import { type Asked, CONF_D, DAEMON_JSON, readAsked } from './asked.ts';
import { findDaemon } from './daemon-process.ts';
import { driverDirectories, nearestExisting, onLoopFiles } from './data-root.ts';
import type { DockerInfo, DockerInfoSource } from './docker-info.ts';
import { readLeftOut } from './left-out.ts';

/** What other readers have found already. */
export interface DockerSurroundings {
  readonly packages: readonly InstalledPackage[];
  /** Type of the filesystem that holds a path, as /proc/self/mountinfo tells. */
  filesystemOf(path: string): Fact<string>;
}

export interface DockerReading {
  readonly docker: DockerFacts;
  /** Configuration that could not be read or understood. */
  readonly troubles: readonly Trouble[];
}

const DEFAULT_DATA_ROOT = '/var/lib/docker';

/**
 * Reads what Docker is, is asked for, and uses. The daemon is asked only on the host's own root, and only where it is
 * seen to run: systemd listens on the socket for one that does not, and a question would start it. All else is read
 * from the disk.
 */
export async function readDocker(
  root: Root,
  surroundings: DockerSurroundings,
  ask: DockerInfoSource = askDocker,
): Promise<DockerReading> {
  const found = surroundings.packages.find((each) => each.kinds.includes('docker') && each.name === 'docker');
  if (found === undefined && !leavesTraces(root))
    return {
      docker: absent(surroundings.filesystemOf(nearestExisting(root, DEFAULT_DATA_ROOT))),
      troubles: [],
    };
  const daemon = findDaemon(root);
  const runs = root.isHost && daemon !== null && root.lstat(DOCKER_SOCKET).known;
  const info = runs ? await ask() : NO_DAEMON;
  const asked = readAsked(root, daemon);
  const dataRoot = info.known ? info.value.dataRoot : (asked.dataRoot ?? DEFAULT_DATA_ROOT);
  const directories = driverDirectories(root, dataRoot);
  const engine = engineOf(info, found);
  return {
    docker: {
      present: true,
      engine,
      leftOut: readLeftOut(root, found),
      used: usedDriver(info, directories, asked, engine),
      asked: asked.drivers,
      twice: asked.twice,
      dataRoot,
      backingFilesystem: surroundings.filesystemOf(nearestExisting(root, dataRoot)),
      dType: dTypeOf(info),
      loopback: loopbackOf(root, info, dataRoot),
      directories,
    },
    troubles: asked.troubles,
  };
}

const NO_DAEMON = unknown('no-data', 'no Docker daemon to ask');

function leavesTraces(root: Root): boolean {
  return [DAEMON_JSON, CONF_D, DEFAULT_DATA_ROOT, DOCKER_SOCKET].some((path) => root.lstat(path).known);
}

function absent(backingFilesystem: Fact<string>): DockerFacts {
  const nothing = unknown('no-data', 'Docker is not installed');
  return {
    present: false,
    engine: nothing,
    leftOut: known([]),
    used: known(null),
    asked: [],
    twice: null,
    dataRoot: DEFAULT_DATA_ROOT,
    backingFilesystem,
    dType: nothing,
    loopback: known(false),
    directories: known([]),
  };
}

function engineOf(info: Fact<DockerInfo>, found: InstalledPackage | undefined): Fact<string> {
  if (info.known) return known(info.value.engine);
  if (found === undefined)
    return unknown('no-data', 'no package of Docker is installed, and no daemon answers');
  return known(found.version.replace(/-r\d+$/, ''));
}

/**
 * Without the daemon: the driver asked for where it has data, else the only one with data. vfs does not count
 * unless it is asked for, and where several have data dockerd refuses to choose. It looks for the directories of
 * the drivers that it has, so that what a removed one left behind counts for nothing.
 */
function usedDriver(
  info: Fact<DockerInfo>,
  directories: Fact<readonly string[]>,
  asked: Asked,
  engine: Fact<string>,
): DockerFacts['used'] {
  if (info.known) return known({ driver: info.value.driver, by: 'daemon' });
  return mapFact(directories, (all) => {
    const names = all.filter((name) => !hasLost(engine, name));
    const wanted = asked.drivers[0]?.driver;
    const others = names.filter((name) => name !== 'vfs');
    const driver = names.find((name) => name === wanted) ?? (others.length === 1 ? others[0] : undefined);
    return driver === undefined ? null : { driver, by: 'directories' };
  });
}

function dTypeOf(info: Fact<DockerInfo>): Fact<boolean> {
  const answer = info.known ? info.value.status.get('Supports d_type') : undefined;
  if (answer === 'true' || answer === 'false') return known(answer === 'true');
  return unknown('no-data', 'only a daemon that uses overlay2 tells');
}

function loopbackOf(root: Root, info: Fact<DockerInfo>, dataRoot: string): Fact<boolean> {
  if (info.known) return known(info.value.status.has('Data loop file'));
  return onLoopFiles(root, dataRoot);
}
