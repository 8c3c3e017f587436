import { readFileSync } from 'node:fs';
import { type Mount, mountOf, parseMountinfo } from './mounts.ts';

/**
 * File systems whose answer comes from elsewhere: from another machine, or from a process. While that does not answer,
 * whoever asks waits, and where it is a process (FUSE) cannot be ended even by SIGKILL. autofs mounts such a one when
 * it is asked.
 */
const REMOTE =
  /^(nfs4?|cifs|smb3|smbfs|ceph|afs|9p|lustre|orangefs|coda|ncpfs|autofs|fuse|fuseblk|fuse\..+)$/;

/** Of a machine, what is mounted there has nothing to do with kernels. */
const ELSEWHERE = /^\/(proc|sys|dev|run)(\/|$)/;

/**
 * The mounts of such a file system on this host, from /proc/self/mountinfo; null: there are none. One at / does not count:
 * this program lies on it as well.
 */
export function remoteMounts(): RemoteMounts | null {
  let text: string;
  try {
    text = readFileSync('/proc/self/mountinfo', 'utf8');
  } catch {
    return null;
  }
  const mounts = parseMountinfo(text);
  const remote = mounts.filter(({ type, mountPoint }) => REMOTE.test(type) && mountPoint !== '/');
  return remote.length === 0 ? null : createRemoteMounts(mounts, remote);
}

export interface RemoteMounts {
  /** Does a path of the host, written without symlinks, lie on one? */
  holds(path: string): boolean;
  /** Can a look at a root at this path come to one? */
  concern(root: string): boolean;
}

function createRemoteMounts(mounts: readonly Mount[], remote: readonly Mount[]): RemoteMounts {
  const holds = (path: string): boolean => {
    const mount = mountOf(mounts, path);
    return mount !== null && remote.includes(mount);
  };
  return {
    holds,
    concern: (root) =>
      holds(root) ||
      remote.some(({ mountPoint }) =>
        root === '/' ? !ELSEWHERE.test(mountPoint) : mountPoint.startsWith(`${root}/`),
      ),
  };
}
