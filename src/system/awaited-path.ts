import { closeSync, openSync, readFileSync, readlinkSync, readSync } from 'node:fs';

/**
 * The progress of a process, as a text that changes when it runs: its processor time and its context switches
 * (proc_pid_stat(5), proc_pid_status(5)). null: it has ended.
 */
export function progressOf(pid: number): string | null {
  const stat = readProc(pid, 'stat');
  const status = readProc(pid, 'status');
  if (stat === null || status === null) return null;
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  if (fields[0] === 'Z' || fields[0] === 'X') return null;
  const switches = /^voluntary_ctxt_switches:\s*(\d+)/m.exec(status)?.[1] ?? '';
  return [fields[UTIME], fields[STIME], switches].join(' ');
}

/** utime and stime are fields 14 and 15; the first field after the name is field 3. */
const UTIME = 14 - 3;
const STIME = 15 - 3;

/**
 * The path that the main thread of a process waits for in a system call, by the arguments of that call
 * (proc_pid_syscall(5)). null: it waits for no file, or this process may not read the other's memory.
 */
export function awaitedPath(pid: number): string | null {
  const words = readProc(pid, 'syscall')?.trim().split(' ') ?? [];
  // "running", or "-1 SP PC" outside of a system call.
  if (words.length < 9) return null;
  // The path is the first argument (stat, readlink), or the second one after a directory (openat, statx).
  const [first = 0, second = 0] = words.slice(1, 3).map(Number);
  for (const address of [first, second]) {
    const path = address < PAGE ? null : textAt(pid, address);
    if (path?.startsWith('/')) return path;
  }
  // Or the first argument is the descriptor of an open file (read, getdents64).
  return first < DESCRIPTORS_MAX ? openPath(pid, first) : null;
}

const PAGE = 4096;
const DESCRIPTORS_MAX = 65_536;
const PATH_MAX = 4096;

function textAt(pid: number, address: number): string | null {
  try {
    const fd = openSync(`/proc/${pid}/mem`, 'r');
    try {
      const bytes = Buffer.alloc(PATH_MAX);
      // The read stops early if the next page is not mapped.
      const length = readSync(fd, bytes, 0, PATH_MAX, address);
      const end = bytes.subarray(0, length).indexOf(0);
      return end === -1 ? null : bytes.toString('utf8', 0, end);
    } finally {
      closeSync(fd);
    }
  } catch {
    return null;
  }
}

/** Reads the kernel's table of open files; does not access the file system. */
function openPath(pid: number, fd: number): string | null {
  try {
    const path = readlinkSync(`/proc/${pid}/fd/${fd}`);
    return path.startsWith('/') ? path : null;
  } catch {
    return null;
  }
}

function readProc(pid: number, name: string): string | null {
  try {
    return readFileSync(`/proc/${pid}/${name}`, 'utf8');
  } catch {
    return null;
  }
}
