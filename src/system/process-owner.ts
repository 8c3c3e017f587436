import type { Process } from './processes.ts';
import type { Root } from './root.ts';

/**
 * Does a process belong to the system: is its user root, Portage's user or `alsoOf`, and its root directory this
 * root? Anybody, here or in a container, can give a process the name of one of Portage's. The root directory is
 * compared, not the PID namespace: Portage puts its own phases into another namespace (FEATURES="pid-sandbox"), and a
 * container has another root anyway. Unknown counts as no.
 */
export function isOfSystem(root: Root, { pid }: Pick<Process, 'pid'>, alsoOf: number | null = null): boolean {
  const status = root.readText(`/proc/${pid}/status`);
  if (!status.known) return false;
  const allowed = new Set([0, portageUser(root), alsoOf]);
  const uids = uidsOf(status.value);
  if (uids.length === 0 || !uids.every((uid) => allowed.has(uid))) return false;
  const here = root.isRootOf(pid);
  // An ordinary user may not see it for a process of root. Only root can have changed the root directory of such a
  // process.
  return here.known ? here.value : here.code === 'denied';
}

/** proc_pid_status(5): real, effective, saved and file system UID. The real one stays when a setuid program runs. */
function uidsOf(status: string): number[] {
  const line = /^Uid:\t(.*)$/m.exec(status)?.[1] ?? '';
  return line
    .split('\t')
    .filter((word) => /^\d+$/.test(word))
    .map(Number);
}

/** The UID of acct-user/portage, if /etc/passwd does not have it. */
const PORTAGE = 250;

function portageUser(root: Root): number {
  const passwd = root.readText('/etc/passwd');
  const uid = passwd.known ? /^portage:[^:]*:(\d+):/m.exec(passwd.value)?.[1] : undefined;
  return uid === undefined ? PORTAGE : Number(uid);
}
