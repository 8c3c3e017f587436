import { type Known, known, type Unknown, unknown } from '../../model/fact.ts';
import type { Root } from '../root.ts';

const OSRELEASE = '/proc/sys/kernel/osrelease';

/**
 * Does the running kernel belong to this root? Not without a mounted /proc, and not in a chroot: there the kernel
 * belongs to the system around it, as when a rescue system inspects mounted disks. Detected as systemd-detect-virt(1)
 * --chroot does: process 1 has another root.
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
