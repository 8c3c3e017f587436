import { readdirSync, readFileSync, statSync } from 'node:fs';

/** The number of inotify watches of a process (proc_pid_fdinfo(5)). */
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

/** Does this process watch the directory that is at this path now? */
export function isWatched(path: string): boolean {
  const { ino, dev } = statSync(path);
  // proc_pid_fdinfo(5): both in hexadecimal, the device as the kernel has it inside: major << 20 | minor.
  const device = (((dev >> 8) & 0xfff) * 0x100000 + ((dev & 0xff) | ((dev >> 12) & 0xfff00))).toString(16);
  const wanted = new RegExp(`^inotify .*ino:${ino.toString(16)} sdev:${device} `, 'm');
  return readdirSync('/proc/self/fdinfo').some((fd) => wanted.test(fdinfoOf(fd)));
}

function fdinfoOf(fd: string): string {
  try {
    return readFileSync(`/proc/self/fdinfo/${fd}`, 'utf8');
  } catch {
    // Closed since it was listed.
    return '';
  }
}
