import type { Disk } from './disk.ts';

/** Docker's files on the disk, as plain data; null: no such file. */
export interface DockerState {
  /** Text of /etc/docker/daemon.json. */
  readonly daemonJson: string | null;
  /** Text of /etc/conf.d/docker. */
  readonly confD: string | null;
  /** Drop-ins of docker.service by name, such as `10-storage.conf`. */
  readonly dropIns: Readonly<Record<string, string>>;
  readonly dataRoot: string;
  /** Storage drivers whose directory under the data root holds data. */
  readonly drivers: readonly string[];
}

const LAYER = '5f70bf18a086007016e948b04aed3b82103a36bea41755b6cddfaf10ace3c6ef';

/** Writes the configuration and the data root. */
export function writeDocker(disk: Disk, docker: DockerState, at: number): void {
  if (docker.daemonJson !== null) disk.file('/etc/docker/daemon.json', docker.daemonJson, at);
  if (docker.confD !== null) disk.file('/etc/conf.d/docker', docker.confD, at);
  for (const [name, text] of Object.entries(docker.dropIns)) {
    disk.file(`/etc/systemd/system/docker.service.d/${name}`, text, at);
  }
  for (const name of ['containers', 'image', 'volumes']) disk.makeDirectory(`${docker.dataRoot}/${name}`, at);
  for (const driver of docker.drivers) writeDriver(disk, `${docker.dataRoot}/${driver}`, driver, at);
}

function writeDriver(disk: Disk, directory: string, driver: string, at: number): void {
  switch (driver) {
    case 'aufs':
      disk.file(`${directory}/layers/${LAYER}`, '', at);
      disk.makeDirectory(`${directory}/diff/${LAYER}`, at);
      disk.makeDirectory(`${directory}/mnt/${LAYER}`, at);
      return;
    case 'devicemapper':
      disk.file(`${directory}/devicemapper/data`, '', at, 0o600);
      disk.file(`${directory}/devicemapper/metadata`, '', at, 0o600);
      disk.file(`${directory}/metadata/deviceset-metadata`, '{}', at);
      return;
    case 'btrfs':
      disk.makeDirectory(`${directory}/subvolumes/${LAYER}`, at);
      return;
    case 'vfs':
      disk.makeDirectory(`${directory}/dir/${LAYER}`, at);
      return;
    default:
      disk.makeDirectory(`${directory}/l`, at);
      disk.makeDirectory(`${directory}/${LAYER}/diff`, at);
  }
}
