import { readFileSync, statSync } from 'node:fs';

/**
 * Does this process have `root` as its root directory? `onHost` returns the path on the host of a path inside that root.
 * Throws the operating system's error, and what `onHost` throws.
 *
 * /proc/PID/root cannot be compared by its target: readlink(2) returns the same text in each container. On the host
 * (`isHost`) the mounts are compared first. So the file system of a container is not accessed if it is another one: it
 * may not answer.
 */
export function hasRoot(
  pid: number,
  root: string,
  isHost: boolean,
  onHost: (inside: string) => string,
): boolean {
  const mountOf = (id: string): string | null => rootMount(onHost(`/proc/${id}/mountinfo`));
  if (isHost && mountOf('self') !== mountOf(String(pid))) return false;
  const own = statSync(root);
  const other = statSync(onHost(`/proc/${pid}/root/.`));
  return own.dev === other.dev && own.ino === other.ino;
}

/**
 * The file system that a process has as its root, and the directory of it (proc_pid_mountinfo(5)). null: its root is no
 * mount point.
 */
function rootMount(mountinfo: string): string | null {
  const lines = readFileSync(mountinfo, 'utf8').split('\n');
  return (
    lines.map((line) => /^\d+ \d+ (\S+ \S+) \/ /.exec(line)?.[1] ?? null).findLast((at) => at !== null) ??
    null
  );
}
