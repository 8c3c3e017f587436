import { readdirSync, readFileSync } from 'node:fs';

/** How many inotify watches a process holds (proc_pid_fdinfo(5)). */
export function inotifyWatches(pid: number | 'self' = 'self'): number {
  const directory = `/proc/${pid}/fdinfo`;
  let count = 0;
  for (const fd of readdirSync(directory)) count += watchesOf(`${directory}/${fd}`);
  return count;
}

function watchesOf(fdinfo: string): number {
  try {
    return readFileSync(fdinfo, 'utf8').match(/^inotify /gm)?.length ?? 0;
  } catch {
    // Closed since it was listed.
    return 0;
  }
}
