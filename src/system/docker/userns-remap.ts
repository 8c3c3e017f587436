import type { Root } from '../root.ts';

/**
 * The directory that dockerd creates in its data root for remapped users, `100000.100000` (setupDaemonRoot() in
 * daemon/daemon_unix.go). The data root itself if the user is root, or has no range of subordinate IDs.
 */
export function remappedRoot(root: Root, dataRoot: string, remap: string): string {
  const [wanted = ''] = remap.split(':');
  const user = wanted === 'default' ? 'dockremap' : /^\d+$/.test(wanted) ? userOf(root, wanted) : wanted;
  if (user === null || user === 'root') return dataRoot;
  const uid = firstSubordinate(root, '/etc/subuid', user);
  const gid = firstSubordinate(root, '/etc/subgid', user);
  return uid === null || gid === null ? dataRoot : `${dataRoot}/${uid}.${gid}`;
}

function userOf(root: Root, uid: string): string | null {
  return lines(root, '/etc/passwd').find((fields) => fields[2] === uid)?.[0] ?? null;
}

/** subuid(5): NAME or UID, FIRST, COUNT. Docker maps root to the first range of the user. */
function firstSubordinate(root: Root, path: string, user: string): string | null {
  const uid = lines(root, '/etc/passwd').find(([name]) => name === user)?.[2];
  const found = lines(root, path).find(([name]) => name === user || (uid !== undefined && name === uid));
  const first = found?.[1];
  return first !== undefined && /^\d{1,10}$/.test(first) ? first : null;
}

function lines(root: Root, path: string): string[][] {
  const text = root.readText(path);
  return text.known ? text.value.split('\n').map((line) => line.split(':')) : [];
}
