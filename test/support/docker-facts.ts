import type { DockerFacts, DriverHome, StorageDriver } from '../../src/model/docker.ts';
import {
  DAEMON_JSON,
  type DockerConfiguration,
  type GivenOption,
  UNCONFIGURED,
} from '../../src/model/docker-configuration.ts';
import { known, unknown } from '../../src/model/fact.ts';
import { commandLine } from '../../src/system/docker/command-line.ts';
import { parseDaemonJson } from '../../src/system/docker/daemon-json.ts';
import type { KernelSupport } from '../../src/verdict/dockerd/kernel-needs.ts';

export const NO_DATA = unknown('no-data', 'not known');

/** Engine 23.0.6 on ext4, without configuration and without data of a driver. */
export const DOCKER: DockerFacts = {
  present: true,
  engine: known('23.0.6'),
  offered: known([]),
  leftOut: known([]),
  used: NO_DATA,
  configuration: UNCONFIGURED,
  dataRoot: '/var/lib/docker',
  backingFilesystem: known('ext4'),
  dType: NO_DATA,
  loopback: known(false),
  homes: known([]),
  programs: known([]),
};

/** A kernel with everything but zfs. */
export const KERNEL: KernelSupport = {
  filesystems: known(['ext4', 'aufs']),
  options: known({
    OVERLAY_FS: 'm',
    BTRFS_FS: 'm',
    FUSE_FS: 'y',
    BLK_DEV_DM: 'y',
    DM_THIN_PROVISIONING: 'm',
  }),
  modules: known({ available: ['overlay', 'btrfs', 'dm_thin_pool'], builtin: ['dm-mod', 'fuse'] }),
  load: (module) => ({ is: 'no', why: `there is no ${module} module` }),
};

/** A kernel with none of it. */
export const BARE_KERNEL: KernelSupport = {
  ...KERNEL,
  filesystems: known(['ext4']),
  options: known({}),
  modules: known({ available: [], builtin: [] }),
};

/** The configuration of dockerd: the text of daemon.json (null: no file), its options, DOCKER_DRIVER. */
export function configured(
  daemonJson: string | null,
  options = '',
  variable: string | null = null,
): DockerConfiguration {
  const words = options.split(' ').filter((word) => word !== '');
  return {
    variable: variable === null ? null : { driver: variable, where: 'DOCKER_DRIVER' },
    options: commandLine(words).map(
      (option): GivenOption => ({ ...option, where: 'the options', certain: true }),
    ),
    file: {
      path: DAEMON_JSON,
      named: words.some((word) => word.startsWith('--config-file')),
      content: daemonJson === null ? { state: 'missing' } : parseDaemonJson(daemonJson),
    },
  };
}

/** The directory of a driver with data, on the filesystem of the data root. */
export function home(driver: StorageDriver, more: Partial<DriverHome> = {}): DriverHome {
  return { driver, hasData: true, filesystem: known('ext4'), dType: NO_DATA, ...more };
}
