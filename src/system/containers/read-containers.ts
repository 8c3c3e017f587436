import { CONTAINER_PROGRAMS, type ContainerStorage } from '../../model/container-storage.ts';
import { known, mapFact, unknown } from '../../model/fact.ts';
import type { ReadProblem } from '../../model/snapshot.ts';
import { driverHomes, nearestExisting } from '../docker/data-root.ts';
import type { FileTypesSource } from '../docker/file-types.ts';
import { driverPrograms } from '../docker/programs.ts';
import type { DockerSurroundings } from '../docker/read-docker.ts';
import type { Root } from '../root.ts';
import { DEFAULT_GRAPH_ROOT, readStorageConf } from './storage-conf.ts';

export interface ContainersReading {
  readonly containers: ContainerStorage;
  readonly problems: readonly ReadProblem[];
}

const PATHS = ['/usr/bin', '/usr/local/bin', '/bin'];
/** boltdb up to podman 4, SQLite since 5. */
const DATABASES = ['libpod/bolt_state.db', 'db.sql'];

/** The storage of podman and buildah for root. If neither is installed, nothing else is read. */
export async function readContainers(
  root: Root,
  { mountOf }: Pick<DockerSurroundings, 'mountOf'>,
  fileTypes: FileTypesSource,
): Promise<ContainersReading> {
  const programs = CONTAINER_PROGRAMS.filter((name) =>
    PATHS.some((path) => root.stat(`${path}/${name}`).known),
  );
  const conf = programs.length === 0 ? ABSENT : readStorageConf(root);
  const graphRoot = conf.known ? conf.value.graphRoot : DEFAULT_GRAPH_ROOT;
  const mount = mountOf(nearestExisting(root, graphRoot));
  const at = mount.known ? mount.value : null;
  const dType =
    programs.length > 0 && root.isHost && at !== null
      ? await fileTypes(at)
      : unknown('no-data', 'nobody tells whether it keeps file types');
  const homes = driverHomes(root, graphRoot, (path) => {
    const own = mountOf(nearestExisting(root, path));
    const isSame = own.known && own.value?.mountPoint === at?.mountPoint;
    return {
      filesystem: mapFact(own, (each) => each?.type ?? ''),
      dType: isSame ? dType : unknown('no-data', 'nobody tells whether it keeps file types'),
    };
  });
  return {
    containers: {
      programs,
      configuration: mapFact(conf, ({ configuration }) => configuration),
      graphRoot,
      backingFilesystem: mapFact(mount, (each) => each?.type ?? ''),
      dType,
      homes: programs.length === 0 ? known([]) : homes,
      driverPrograms: driverPrograms(root),
      database: DATABASES.some((name) => root.stat(`${graphRoot}/${name}`).known),
    },
    problems: conf.known || programs.length === 0 ? [] : [{ path: 'storage.conf', detail: conf.detail }],
  };
}

const ABSENT = unknown('no-data', 'neither podman nor buildah is installed');
