import type { Process } from './processes.ts';
import type { Root } from './root.ts';

/**
 * Is a process the system's own work: of root or of Portage's user, or of another user who may as well (`alsoOf`), and in
 * this root? Whoever else gives a process the name of one of Portage's, on this machine or in a container on it, says
 * nothing by that. It goes by the root and not by the PID namespace, for Portage puts its own phases into another one
 * (FEATURES="pid-sandbox"), and a container has another root in any case. What cannot be told is no.
 */
export function isOfSystem(root: Root, { pid }: Pick<Process, 'pid'>, alsoOf: number | null = null): boolean {
  const status = root.readText(`/proc/${pid}/status`);
  if (!status.known) return false;
  const allowed = new Set([0, portageUser(root), alsoOf]);
  const uids = uidsOf(status.value);
  if (uids.length === 0 || !uids.every((uid) => allowed.has(uid))) return false;
  const here = root.isRootOf(pid);
  // An ordinary user may not see it of a process of root's; only root can have taken such a one elsewhere.
  return here.known ? here.value : here.code === 'denied';
}

/** proc_pid_status(5): real, effective, saved and of the file system. The first one stays, whatever a program is setuid. */
function uidsOf(status: string): number[] {
  const line = /^Uid:\t(.*)$/m.exec(status)?.[1] ?? '';
  return line
    .split('\t')
    .filter((word) => /^\d+$/.test(word))
    .map(Number);
}

/** The number of acct-user/portage, where /etc/passwd has none. */
const PORTAGE = 250;

function portageUser(root: Root): number {
  const passwd = root.readText('/etc/passwd');
  const uid = passwd.known ? /^portage:[^:]*:(\d+):/m.exec(passwd.value)?.[1] : undefined;
  return uid === undefined ? PORTAGE : Number(uid);
}
