import { readFileSync } from 'node:fs';
import { type Mount, mountOf, parseMountinfo } from './mounts.ts';

/**
 * File systems that another machine or a process serves. If that does not answer, a call to the file system waits;
 * with FUSE not even SIGKILL ends the wait. autofs mounts such a file system at the first access.
 */
const REMOTE =
  /^(nfs4?|cifs|smb3|smbfs|ceph|afs|9p|lustre|orangefs|coda|ncpfs|autofs|fuse|fuseblk|fuse\..+)$/;

/** Mounts there have nothing to do with kernels. */
const ELSEWHERE = /^\/(proc|sys|dev|run)(\/|$)/;

/**
 * The mounts of such file systems on this host, from /proc/self/mountinfo; null: none. One at / does not count: this
 * program is on it too.
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
  /** Is a path of the host, written without symlinks, on one of them? */
  holds(path: string): boolean;
  /** Can a scan of a root at this path reach one of them? */
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
