import { type Known, known, type Unknown, unknown } from '../../model/fact.ts';
import type { Root } from '../root.ts';

const OSRELEASE = '/proc/sys/kernel/osrelease';

/**
 * Is the kernel that runs that of this root? Not where its /proc is not mounted, and not in a chroot: there it is the
 * kernel of the system around it, as when a rescue system looks at what it has mounted. As systemd-detect-virt(1)
 * --chroot tells: process 1 has another root.
 */
export function runningHere(root: Root): Known<true> | Unknown {
  if (!root.lstat(OSRELEASE).known)
    return unknown('not-running-here', 'this root has no /proc of a running kernel');
  const isOfInit = root.isRootOf(1);
  if (isOfInit.known && !isOfInit.value)
    return unknown(
      'not-running-here',
      'this is a chroot: the kernel that runs is that of the system around it',
    );
  return known(true);
}
