import { DRIVER_PROGRAMS, type DriverProgram } from '../../model/docker.ts';
import { type Fact, known } from '../../model/fact.ts';
import type { Root } from '../root.ts';

/** The PATH that OpenRC and systemd give a service. */
const PATH = ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin'];

/** The installed programs among those that storage drivers call. */
export function driverPrograms(root: Root): Fact<readonly DriverProgram[]> {
  const found: DriverProgram[] = [];
  for (const program of DRIVER_PROGRAMS) {
    for (const directory of PATH) {
      const stat = root.stat(`${directory}/${program}`);
      if (stat.known && stat.value.type === 'file') {
        found.push(program);
        break;
      }
      if (!stat.known && stat.code === 'denied') return stat;
    }
  }
  return known(found);
}
